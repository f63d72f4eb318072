import type { Task } from "@/lib/model/task";
import type { TaskError } from "../timeline/model.ts";
import { projectRetries } from "../timeline/project-retries.ts";
import { describeStrategy, retryDelaySeconds } from "../timeline/retry-delay.ts";
import type { Facts } from "./facts.ts";
import { code, duration, measured, type Part, say, strong } from "./parts.ts";

/** `attempt 3 of 5`; without a limit just the number. */
export function attemptOf(task: Task, attempt: number): Part {
  return strong(task.maxAttempts === null ? `${attempt}` : `${attempt} of ${task.maxAttempts}`);
}

/** The error as its client wrote it, cut to the length of a sentence. */
export function errorText(error: TaskError | null): Part[] {
  if (!error) return say`an error without a reason`;
  const text = [error.name, error.message].filter(Boolean).join(": ");
  const line = text.split("\n", 1)[0] ?? "";
  return [code(line.length > 160 ? `${line.slice(0, 159)}…` : line)];
}

/** What becomes of the task if the attempt at hand fails now. Completes "… it fails and the task …". */
export function afterFailure({ detail, run, now }: Facts): Part[] {
  const { task } = detail;
  const { retries, end } = projectRetries(task, run.attempt, now);
  const next = retries[0];
  if (next) {
    const delay = next.delaySeconds > 0 ? say` after ${measured(next.delaySeconds * 1000)}` : [];
    return say`is retried as attempt ${attemptOf(task, next.attempt)}${delay}`;
  }
  if (end === "invalid-strategy")
    return say`fails for good, whatever attempts are left: ${strategyRefusal(task, run.attempt)}`;
  if (end === "max-duration") return say`is cancelled, being out of its max_duration`;
  return say`fails: no attempts are left`;
}

/** Why the engine refuses the stored retry strategy. */
export function strategyRefusal(task: Task, attempt: number): Part {
  const delay = retryDelaySeconds(task.retryStrategy, attempt);
  return code("invalid" in delay ? delay.invalid : "retry_strategy was refused");
}

/** ` (exponential 30 s × 2)`, or nothing where retries follow at once. */
export function backoffPolicy(task: Task): Part[] {
  const policy = describeStrategy(task.retryStrategy);
  return policy ? say` (${policy})` : [];
}

/** ` Its policy cancels it in 41 m unless it starts.`, or nothing. */
export function deadlineAhead({ deadline, now }: Facts): Part[] {
  if (!deadline || deadline.at <= now) return [];
  const left = duration(deadline.at - now);
  return deadline.field === "max_delay"
    ? say` Unless it starts within ${left}, its max_delay cancels it.`
    : say` Its max_duration leaves ${left}.`;
}
