import { toMs } from "../timeline/model.ts";
import { readTimedOutWait } from "../timeline/read-json.ts";
import { retryDelaySeconds } from "../timeline/retry-delay.ts";
import { explainCancelled } from "./explain-cancelled.ts";
import type { Diagnosis, Facts } from "./facts.ts";
import { code, duration, measured, type Part, say, strong, time } from "./parts.ts";
import { attemptOf, errorText, strategyRefusal } from "./phrases.ts";
import { swallowedSuspension } from "./swallowed-suspension.ts";

/** How a task ended; `null` while it has work ahead. */
export function explainEnded(facts: Facts): Diagnosis | null {
  switch (facts.detail.task.state) {
    case "completed":
      return explainCompleted(facts);
    case "failed":
      return explainFailed(facts);
    case "cancelled":
      return explainCancelled(facts);
    default:
      return null;
  }
}

function explainCompleted({ detail, run }: Facts): Diagnosis {
  const { task, checkpoints } = detail;
  if (!run.completedAt) return { tone: "good", parts: say`Completed.` };
  const took = measured(toMs(run.completedAt) - toMs(task.enqueuedAt));
  const attempts =
    run.attempt === 1 ? say`in its first attempt` : say`after ${strong(`${run.attempt} attempts`)}`;
  const timedOut =
    run.wakeEvent && run.eventPayload === null
      ? say` Its last wait, for event ${code(run.wakeEvent)}, had timed out.`
      : [];
  const late = checkpoints.findLast((checkpoint) => checkpoint.updatedAt > (run.completedAt ?? ""));
  const written = late
    ? say` Step ${code(late.name)} was written ${duration(toMs(late.updatedAt) - toMs(run.completedAt))} after the end.`
    : [];
  return {
    tone: "good",
    parts: say`Completed ${attempts}, ${took} after it was spawned.${timedOut}${written}`,
  };
}

function explainFailed(facts: Facts): Diagnosis {
  const { detail, run, error, deadline } = facts;
  const { task } = detail;
  const failure = describeFailure(facts);
  const left = task.maxAttempts === null || run.attempt < task.maxAttempts;
  const swallowed = swallowedSuspension(run, error) ?? [];
  if (left && "invalid" in retryDelaySeconds(task.retryStrategy, run.attempt))
    return {
      tone: "bad",
      parts: say`${failure} It was not retried although attempts are left, because its retry strategy is invalid: ${strategyRefusal(task, run.attempt)}.`,
      action: { kind: "run-again" },
    };
  if (left)
    return {
      tone: "bad",
      parts: say`${failure} It was not retried although attempts are left.${swallowed}`,
      action: { kind: "retry" },
    };
  const outOfTime = deadline?.field === "max_duration" && deadline.at <= facts.now;
  if (outOfTime)
    return {
      tone: "bad",
      parts: say`${failure} No attempts are left, and its max_duration is over: a retry in place would be cancelled at the next claim, so run it again as a new task.${swallowed}`,
      action: { kind: "run-again" },
    };
  return {
    tone: "bad",
    parts: say`${failure} No attempts are left.${swallowed}`,
    action: { kind: "retry" },
  };
}

function describeFailure({ detail, run, error }: Facts): Part[] {
  const attempt = say`attempt ${attemptOf(detail.task, run.attempt)}`;
  if (error?.name === "$ClaimTimeout") {
    const worker = code(run.claimedBy ?? "its worker");
    const expired = run.claimExpiresAt ? say` at ${time(run.claimExpiresAt)}` : [];
    return say`Failed in ${attempt}: the lease of ${worker} expired${expired} without a heartbeat.`;
  }
  const event = readTimedOutWait(error);
  if (event !== null) {
    const emittedAt = detail.eventsEmittedAt[event];
    const gap = emittedAt ? say`, which came at ${time(emittedAt)}, too late for the wait` : [];
    return say`Failed in ${attempt}: timed out waiting for event ${code(event)}${gap}.`;
  }
  if (error?.message.startsWith("Misconfigured task (queue mismatch)"))
    return say`Failed in ${attempt}: workers of queue ${code(detail.task.queue)} have ${code(detail.task.name)} registered for another queue.`;
  return say`Failed in ${attempt} with ${errorText(error)}.`;
}
