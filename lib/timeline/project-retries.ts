import type { Task } from "@/lib/model/task";
import { cancellationDeadline } from "./cancellation.ts";
import type { ProjectedRetry, Projection } from "./model.ts";
import { retryDelaySeconds } from "./retry-delay.ts";

/** An unlimited task has no last retry; the first few tell the rhythm. */
const LISTED = 8;

/**
 * The retries that would follow if attempt `attempt` failed at `failsAt` (milliseconds) and each one after it the moment
 * it becomes due, and what would end them. Assumes schema 0.5.0's delays.
 */
export function projectRetries(task: Task, attempt: number, failsAt: number): Projection {
  const deadline = task.firstStartedAt ? cancellationDeadline(task) : null;
  const retries: ProjectedRetry[] = [];
  let at = failsAt;
  for (let failed = attempt; retries.length < LISTED; failed++) {
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
