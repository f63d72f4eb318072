import { toMs } from "@/lib/model/instants";
import { isInterpreterTask } from "@/lib/model/interpreter";
import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import type { UnknownTask } from "./model.ts";
import { parseInstant, parseObject } from "./parse-payload.ts";

/**
 * What an attempt is doing, derived from its row. Instants are in milliseconds; `due` may be `Infinity`.
 *
 * - `queued`, `retry`: pending and never claimed, as the first or a later attempt.
 * - `woken`: pending after an event woke it.
 * - `event-wait`: sleeping until an event is emitted or until `due`. The wait has timed out once `timeout` has
 *   passed: `Infinity` for a wait without a timeout, `undefined` if it is not recorded.
 * - `backoff`: sleeping, never claimed.
 * - `sleep`: a durable sleep; `clockBehindMs` is set if its worker's clock is at least ten seconds behind the
 *   database's.
 * - `deferred`: scheduled by a worker outside a step.
 */
export type Activity =
  | { kind: "queued" | "retry" | "woken" | "backoff"; due: number }
  | { kind: "event-wait"; event: string; due: number; timeout: number | undefined }
  | { kind: "sleep"; step: string; due: number; clockBehindMs?: number }
  | { kind: "deferred"; due: number; unknownTask: UnknownTask }
  | { kind: "running"; leaseEnd: number | null };

/**
 * The largest difference between the clocks of worker and database at which a wake time still matches its sleep.
 */
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
  if (run.wakeEvent) {
    const timeout = findTimeout(run, detail, due);
    return { kind: "event-wait", event: run.wakeEvent, due, timeout };
  }
  if (!run.startedAt) return { kind: "backoff", due };
  const own = detail.checkpoints.filter((checkpoint) => checkpoint.ownerRunId === run.runId);
  const planned = findPlannedSleep(own, due);
  if (planned) return { kind: "sleep", step: planned.name, due };
  const last = own.at(-1);
  const sleep = last && parseSleep(last, run, due);
  if (last && sleep) return { kind: "sleep", step: last.name, due, ...sleep };
  // SDKs defer a task whose name they don't know by 15 to 30 seconds, before doing anything else.
  const delay = due - toMs(run.startedAt);
  const suspect = delay >= 15_000 && delay < 31_000 && !(last && isSince(last, run));
  const sleptBefore = last !== undefined && parseInstant(last.state) !== null;
  return {
    kind: "deferred",
    due,
    unknownTask: suspect ? (sleptBefore ? "possible" : "likely") : "no",
  };
}

/**
 * When the wait of a suspended run times out. The interpreter's operators record their own timeouts: a run that
 * wakes earlier only polls, and one that wakes later times out at that point.
 */
function findTimeout(run: Run, detail: TaskDetail, due: number): number | undefined {
  if (due === Number.POSITIVE_INFINITY || !isInterpreterTask(detail.task)) return due;
  const note = parseObject(findWaitNote(run, detail)?.state ?? null);
  if (note?.deadline === null) return Number.POSITIVE_INFINITY;
  const timeout = typeof note?.deadline === "string" ? Date.parse(note.deadline) : Number.NaN;
  return Number.isNaN(timeout) ? undefined : Math.max(timeout, due);
}

/** The interpreter's record of when its operator started to wait for the event that the run now sleeps for. */
export function findWaitNote(run: Run, { waits, checkpoints }: TaskDetail): Checkpoint | undefined {
  const wait = waits.find((row) => row.runId === run.runId && row.eventName === run.wakeEvent);
  return wait && checkpoints.find(({ name }) => name === `${wait.stepName}/waiting`);
}

/**
 * The checkpoint whose planned end is nearest to `due`, within the tolerated clock difference; the later one on a
 * tie.
 */
function findPlannedSleep(own: readonly Checkpoint[], due: number): Checkpoint | null {
  let nearest: Checkpoint | null = null;
  let distance = CLOCK_SKEW_MS;
  for (const checkpoint of own) {
    const until = parseInstant(checkpoint.state);
    if (until === null || Math.abs(until - due) > distance) continue;
    nearest = checkpoint;
    distance = Math.abs(until - due);
  }
  return nearest;
}

/**
 * The sleep that ends at `due`, if the run's last checkpoint recorded its start: the checkpoint holds the planned
 * end by the worker's clock. `clockBehindMs` is set if that clock must be slow: the planned end had already passed
 * by the database's clock when the checkpoint was written, and a worker suspends only before the end. `null` for
 * any other checkpoint.
 */
function parseSleep(
  checkpoint: Checkpoint,
  run: Run,
  due: number,
): { clockBehindMs?: number } | null {
  const until = parseInstant(checkpoint.state);
  if (until === null) return null;
  const isRecent = isSince(checkpoint, run);
  const writtenAt = toMs(checkpoint.updatedAt);
  const wasPast = isRecent && until <= writtenAt && Number.isFinite(due) && due > writtenAt;
  if (wasPast) {
    const clockBehindMs = due - until;
    return clockBehindMs > CLOCK_SKEW_MS ? { clockBehindMs } : {};
  }
  return isRecent && Number.isFinite(due) && until > writtenAt ? {} : null;
}

/** Whether the checkpoint was written since the run's last claim. */
function isSince({ updatedAt }: Checkpoint, run: Run): boolean {
  return toMs(updatedAt) >= toMs(run.startedAt ?? run.createdAt);
}

/** The attempt that determines the task's state: its `lastAttemptRun`, or else its highest attempt. */
export function findCurrentRun(detail: TaskDetail): Run | null {
  const { runs, task } = detail;
  return runs.find((run) => run.runId === task.lastAttemptRun) ?? runs.at(-1) ?? null;
}
