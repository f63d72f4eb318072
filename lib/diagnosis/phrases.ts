import type { RecordedError } from "@/lib/model/recorded-error";
import type { Run, Task } from "@/lib/model/task";
import { projectRetries } from "../timeline/retries.ts";
import { describeStrategy, retryDelaySeconds } from "../timeline/retry-delay.ts";
import type { Facts } from "./facts.ts";
import { age, code, duration, type Part, sentence, strong } from "./sentence.ts";

/** `3 of 5`, or `3` where attempts are unlimited. */
export function attemptNumber(task: Task, attempt: number): Part {
  return strong(task.maxAttempts === null ? `${attempt}` : `${attempt} of ${task.maxAttempts}`);
}

/** The value of a limit in a cancellation policy, in seconds; clients may store a negative one. */
export function policyLength(seconds: number): Part {
  return seconds < 0 ? strong(`${seconds} s`) : duration(seconds * 1000);
}

/** Name and first line of the message that is not blank, at most 160 characters. */
export function errorText(error: RecordedError | null): Part[] {
  if (!error) return sentence`an error without a reason`;
  const message = error.message.trim().split(/[\r\n]/, 1)[0];
  const line = [error.name?.trim(), message].filter(Boolean).join(": ");
  if (line === "") return sentence`an error without a message`;
  return [code(line.length > 160 ? `${line.slice(0, 159)}…` : line)];
}

/**
 * What happens to the task if the current attempt fails at an instant (milliseconds). Completes "… it fails and the
 * task …".
 */
export function afterFailure({ detail, run }: Facts, at: number): Part[] {
  const { task } = detail;
  const { retries, end } = projectRetries(task, run.attempt, at);
  const next = retries[0];
  if (next) {
    const delay =
      next.delaySeconds > 0 ? sentence` after ${duration(next.delaySeconds * 1000)}` : [];
    return sentence`is retried as attempt ${attemptNumber(task, next.attempt)}${delay}`;
  }
  if (end === "invalid-strategy")
    return sentence`fails even with attempts left, because its retry strategy is invalid: ${strategyProblem(task, run.attempt)}`;
  if (end === "max-duration")
    return sentence`is cancelled, because the retry would exceed max_duration`;
  return sentence`fails: no attempts left`;
}

/** Why the engine rejects the stored retry strategy. */
export function strategyProblem(task: Task, attempt: number): Part {
  const delay = retryDelaySeconds(task.retryStrategy, attempt);
  return code("invalid" in delay ? delay.invalid : "retry_strategy was rejected");
}

/** ` (exponential 30 s × 2)`, or nothing if retries are immediate. */
export function backoffPolicy(task: Task): Part[] {
  const policy = describeStrategy(task.retryStrategy);
  return policy ? sentence` (${policy})` : [];
}

/** ` 41 min left of max_duration.`, or nothing if there is no deadline in the future. */
export function deadlineAhead({ deadline, now, readAt }: Facts): Part[] {
  if (!deadline || deadline.at <= readAt) return [];
  const left = age(deadline.at - now);
  return deadline.field === "max_delay"
    ? sentence` Cancelled by ${code("max_delay")} unless it starts within ${left}.`
    : sentence` ${left} left of ${code("max_duration")}.`;
}

/**
 * Explains an attempt that failed while suspended: its handler caught the exception that suspends it and continued
 * until the engine rejected its next call. Such a run failed without holding a claim. `null` for any other run;
 * the sentence starts with a space.
 */
export function swallowedSuspension(run: Run, error: RecordedError | null): Part[] | null {
  if (run.state !== "failed" || run.claimedBy !== null || run.startedAt === null) return null;
  const rejected = error?.message.includes("must be running to await events");
  const cause = rejected
    ? "a catch block around its sleep or wait swallowed the suspension"
    : "its handler may have swallowed the suspension";
  return sentence` It failed while suspended: ${cause}. Rethrow ${code("SuspendTask")}.`;
}
