import { toMs } from "@/lib/model/instants";
import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { parseInstant } from "./parse-payload.ts";

/**
 * What an attempt is doing, derived from its row. Instants are in milliseconds; `due` may be `Infinity`.
 *
 * - `queued`, `retry`: pending and never claimed, as the first or a later attempt.
 * - `woken`: pending after an event woke it.
 * - `event-wait`: sleeping for an event; timed out once `due` has passed.
 * - `backoff`: sleeping, never claimed.
 * - `sleep`: a durable sleep.
 * - `deferred`: scheduled by a worker outside a step; `unknownTask` if the delay is the one that SDKs use for a task name
 *   they don't know.
 */
export type Activity =
  | { kind: "queued" | "retry" | "woken" | "backoff"; due: number }
  | { kind: "event-wait"; event: string; due: number }
  | { kind: "sleep"; step: string; due: number }
  | { kind: "deferred"; due: number; unknownTask: boolean }
  | { kind: "running"; leaseEnd: number | null };

/** The largest difference between a worker's clock and the database's at which a wake time still matches its sleep. */
export const CLOCK_SKEW_MS = 10_000;

/** What an active run is doing; `null` for a terminal one. */
export function computeActivity(run: Run, detail: TaskDetail): Activity | null {
  const due = toMs(run.availableAt);
  switch (run.state) {
    case "running":
      return { kind: "running", leaseEnd: run.claimExpiresAt ? toMs(run.claimExpiresAt) : null };
    case "pending":
      if (run.startedAt) return { kind: "woken", due };
      return { kind: run.attempt > 1 ? "retry" : "queued", due };
    case "sleeping":
      return computeSuspension(run, detail);
    default:
      return null;
  }
}

/** Why a run was suspended, from columns that also survive its cancellation. */
export function computeSuspension(run: Run, detail: TaskDetail): Activity {
  const due = toMs(run.availableAt);
  if (run.wakeEvent) return { kind: "event-wait", event: run.wakeEvent, due };
  if (!run.startedAt) return { kind: "backoff", due };
  const last = detail.checkpoints.findLast((checkpoint) => checkpoint.ownerRunId === run.runId);
  if (last && isSleepUntil(last, run, due)) return { kind: "sleep", step: last.name, due };
  const delay = due - toMs(run.startedAt);
  // SDKs defer a task whose name they don't know for 15 to 30 seconds.
  return { kind: "deferred", due, unknownTask: delay >= 15_000 && delay < 31_000 };
}

/**
 * Whether the checkpoint belongs to the sleep that ends at `due`. It holds the planned end by the worker's clock, and no
 * checkpoint follows it in the same execution.
 */
function isSleepUntil(checkpoint: Checkpoint, run: Run, due: number): boolean {
  const until = parseInstant(checkpoint.state);
  if (until === null) return false;
  if (Math.abs(until - due) <= CLOCK_SKEW_MS) return true;
  const justWritten = toMs(checkpoint.updatedAt) >= toMs(run.startedAt ?? run.createdAt);
  return justWritten && due !== Number.POSITIVE_INFINITY && until > toMs(checkpoint.updatedAt);
}

/** The attempt that the task's state comes from: its `lastAttemptRun`, else its highest attempt. */
export function findCurrentRun(detail: TaskDetail): Run | null {
  const { runs, task } = detail;
  return runs.find((run) => run.runId === task.lastAttemptRun) ?? runs.at(-1) ?? null;
}
