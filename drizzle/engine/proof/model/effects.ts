/**
 * The columns that each transition writes, and their values. Other columns keep theirs, so the comparison with the
 * database proves what is written and what is not.
 */
import type { RunRow, State, TaskRow } from "./rows";

export const RUN_EFFECTS = {
  insert: (now: number, availableAt = now) => ({
    state: (availableAt > now ? "sleeping" : "pending") as State,
    claimed_by: null,
    claim_expires_at: null,
    available_at: availableAt,
    wake_event: null,
    event_payload: null,
    started_at: null,
    completed_at: null,
    failed_at: null,
    result: null,
    failure_reason: null,
    created_at: now,
  }),
  claim: (now: number, worker: string, lease: number) => ({
    state: "running" as const,
    claimed_by: worker,
    claim_expires_at: lease > 0 ? now + lease : null,
    available_at: now,
    started_at: now,
  }),
  extend: (now: number, seconds: number) => ({ claim_expires_at: now + seconds }),
  schedule: (wakeAt: number) => ({
    state: "sleeping" as const,
    claimed_by: null,
    claim_expires_at: null,
    available_at: wakeAt,
    wake_event: null,
  }),
  suspend: (event: string, deadline: number | null) => ({
    state: "sleeping" as const,
    claimed_by: null,
    claim_expires_at: null,
    available_at: deadline ?? Number.POSITIVE_INFINITY,
    wake_event: event,
    event_payload: null,
  }),
  wake: (now: number, payload: string) => ({
    state: "pending" as const,
    claimed_by: null,
    claim_expires_at: null,
    available_at: now,
    wake_event: null,
    event_payload: payload,
  }),
  complete: (now: number, result: string | null) => ({
    state: "completed" as const,
    completed_at: now,
    result,
  }),
  fail: (now: number, reason: string | null) => ({
    state: "failed" as const,
    wake_event: null,
    failed_at: now,
    failure_reason: reason,
  }),
  cancel: () => ({ state: "cancelled" as const, claimed_by: null, claim_expires_at: null }),
  consumePayload: () => ({ event_payload: null }),
  noticeTimeout: () => ({ wake_event: null }),
} satisfies Record<string, (...facts: never[]) => Partial<RunRow>>;

export const TASK_EFFECTS = {
  claim: (now: number, task: TaskRow, run: RunRow) => ({
    state: "running" as const,
    attempts: Math.max(task.attempts, run.attempt),
    first_started_at: task.first_started_at ?? now,
    last_attempt_run: run.run_id,
  }),
  suspend: () => ({ state: "sleeping" as const }),
  wake: () => ({ state: "pending" as const }),
  complete: (run: RunRow, payload: string | null) => ({
    state: "completed" as const,
    completed_payload: payload,
    last_attempt_run: run.run_id,
  }),
  fail: (now: number, task: TaskRow, outcome: State, last: RunRow) => ({
    state: outcome,
    attempts: Math.max(task.attempts, last.attempt),
    last_attempt_run: last.run_id,
    cancelled_at: outcome === "cancelled" ? (task.cancelled_at ?? now) : task.cancelled_at,
  }),
  cancel: (now: number, task: TaskRow) => ({
    state: "cancelled" as const,
    cancelled_at: task.cancelled_at ?? now,
  }),
  retry: (task: TaskRow, run: RunRow, maxAttempts: number) => ({
    state: "pending" as const,
    attempts: task.attempts + 1,
    max_attempts: maxAttempts,
    last_attempt_run: run.run_id,
    cancelled_at: null,
  }),
} satisfies Record<string, (...facts: never[]) => Partial<TaskRow>>;
