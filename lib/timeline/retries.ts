import { toMs } from "@/lib/model/instants";
import type { Run, Task, TaskDetail } from "@/lib/model/task";
import { cancellationDeadline } from "./cancellation.ts";
import type { Certainty, ProjectedRetry, Projection } from "./model.ts";
import { retryDelaySeconds } from "./retry-delay.ts";

/**
 * The engine inserts its own retry together with the failure; a retry inserted later than this was made by a
 * person.
 */
const MANUAL_RETRY_MS = 2_000;

export type PlannedStart = { due: number; certainty: Certainty; byStrategy: boolean };

/**
 * When a retry is, or was, meant to start, in milliseconds; `null` for a first attempt, a manual retry and an
 * immediate one. The row holds this time until the first claim overwrites it. After that it is inferred from the
 * task's strategy, because a client may have chosen another time and an operator may have moved it.
 */
export function findPlannedStart(detail: TaskDetail, run: Run): PlannedStart | null {
  const planned = startByStrategy(detail, run);
  if (run.startedAt)
    return planned === null ? null : { due: planned, certainty: "inferred", byStrategy: true };
  const due = toMs(run.availableAt);
  if (due <= toMs(run.createdAt)) return null;
  const byStrategy = planned !== null && Math.abs(due - planned) < 1_000;
  return { due, certainty: "exact", byStrategy };
}

/** Whether a person retried the failed task, as opposed to the engine retrying the failed attempt. */
export function isManualRetry(detail: TaskDetail, run: Run): boolean {
  const failedAt = findPreviousFailure(detail, run)?.failedAt;
  return failedAt ? toMs(run.createdAt) - toMs(failedAt) > MANUAL_RETRY_MS : false;
}

function findPreviousFailure(detail: TaskDetail, run: Run): Run | undefined {
  return detail.runs.find((other) => other.attempt === run.attempt - 1);
}

function startByStrategy(detail: TaskDetail, run: Run): number | null {
  const previous = findPreviousFailure(detail, run);
  if (!previous?.failedAt || isManualRetry(detail, run)) return null;
  const delay = retryDelaySeconds(detail.task.retryStrategy, previous.attempt);
  if (!("seconds" in delay) || delay.seconds <= 0) return null;
  return toMs(previous.failedAt) + delay.seconds * 1000;
}

/** A task with unlimited attempts has no last retry; the first few show the pattern. */
const MAX_PROJECTED = 8;

/**
 * The retries that would follow if attempt `attempt` failed at `failsAt` (milliseconds) and each later one failed the
 * moment it became due, and what would end them. Assumes the delays of schema 0.5.0.
 */
export function projectRetries(task: Task, attempt: number, failsAt: number): Projection {
  const deadline = task.firstStartedAt ? cancellationDeadline(task) : null;
  const retries: ProjectedRetry[] = [];
  let at = failsAt;
  for (let failed = attempt; retries.length < MAX_PROJECTED; failed++) {
    if (task.maxAttempts !== null && failed >= task.maxAttempts)
      return { retries, end: "no-attempts-left" };
    const delay = retryDelaySeconds(task.retryStrategy, failed);
    if ("invalid" in delay) return { retries, end: "invalid-strategy" };
    at += delay.seconds * 1000;
    if (deadline?.field === "max_duration" && at >= deadline.at)
      return { retries, end: "max-duration" };
    retries.push({ attempt: failed + 1, at, delaySeconds: delay.seconds });
  }
  return { retries, end: "more" };
}
