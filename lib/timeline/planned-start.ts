import type { Run, TaskDetail } from "@/lib/model/task";
import { type Certainty, toMs } from "./model.ts";
import { retryDelaySeconds } from "./retry-delay.ts";

/** A retry made by hand comes later than the engine's own, which it inserts with the failure. */
const BY_HAND_MS = 2_000;

export type PlannedStart = { due: number; certainty: Certainty; byStrategy: boolean };

/**
 * When a retry was, or is, meant to start; `null` for a first attempt, one made by hand, and one that follows at once.
 * Until the first claim the row says so. Claims overwrite it; then the task's strategy tells, and the result is
 * inferred, since a client may have asked for another time and an operator may have moved it.
 */
export function plannedStart(detail: TaskDetail, run: Run): PlannedStart | null {
  const before = detail.runs.find((other) => other.attempt === run.attempt - 1);
  const planned = before?.failedAt ? byStrategy(detail, run, before, before.failedAt) : null;
  if (run.startedAt)
    return planned === null ? null : { due: planned, certainty: "inferred", byStrategy: true };
  const due = toMs(run.availableAt);
  if (due <= toMs(run.createdAt)) return null;
  const kept = planned !== null && Math.abs(due - planned) < 1_000;
  return { due, certainty: "exact", byStrategy: kept };
}

/** Whether somebody retried the failed task, instead of the engine retrying the failed attempt. */
export function isRetryByHand(detail: TaskDetail, run: Run): boolean {
  const before = detail.runs.find((other) => other.attempt === run.attempt - 1);
  return before?.failedAt ? toMs(run.createdAt) - toMs(before.failedAt) > BY_HAND_MS : false;
}

function byStrategy(detail: TaskDetail, run: Run, before: Run, failedAt: string): number | null {
  if (isRetryByHand(detail, run)) return null;
  const delay = retryDelaySeconds(detail.task.retryStrategy, before.attempt);
  return "seconds" in delay && delay.seconds > 0 ? toMs(failedAt) + delay.seconds * 1000 : null;
}
