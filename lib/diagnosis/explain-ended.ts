import { getOwn } from "@/lib/model/get-own";
import { toMs } from "@/lib/model/instants";
import { isInterpreterTask } from "@/lib/model/interpreter";
import { computeSuspension } from "../timeline/activity.ts";
import { parseTimedOutWait } from "../timeline/parse-payload.ts";
import { retryDelaySeconds } from "../timeline/retry-delay.ts";
import type { Diagnosis, Facts } from "./facts.ts";
import {
  attemptNumber,
  errorText,
  policyLength,
  strategyProblem,
  swallowedSuspension,
} from "./phrases.ts";
import { age, code, duration, link, type Part, sentence, strong, time } from "./sentence.ts";

/** Explains how a task ended; `null` while the task is active. */
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
  if (!run.completedAt) return { tone: "good", parts: sentence`Completed.` };
  const took = duration(toMs(run.completedAt) - toMs(task.enqueuedAt));
  const attempts =
    run.attempt === 1
      ? sentence`on the first attempt`
      : sentence`after ${strong(`${run.attempt} attempts`)}`;
  const timedOut =
    run.wakeEvent && run.eventPayload === null && !isInterpreterTask(task)
      ? sentence` Its last wait, for event ${code(run.wakeEvent)}, timed out.`
      : [];
  const late = checkpoints.findLast((checkpoint) => checkpoint.updatedAt > (run.completedAt ?? ""));
  const written = late
    ? sentence` Step ${code(late.name)} was written ${duration(toMs(late.updatedAt) - toMs(run.completedAt))} after the end.`
    : [];
  return {
    tone: "good",
    parts: sentence`Completed ${attempts}, ${took} after it was spawned.${timedOut}${written}`,
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
      parts: sentence`${failure} Not retried although attempts are left, because its retry strategy is invalid: ${strategyProblem(task, run.attempt)}.`,
      action: { kind: "run-again" },
    };
  if (left)
    return {
      tone: "bad",
      parts: sentence`${failure} Not retried although attempts are left.${swallowed}`,
      action: { kind: "retry" },
    };
  const pastMaxDuration = deadline?.field === "max_duration" && deadline.at <= facts.now;
  if (pastMaxDuration)
    return {
      tone: "bad",
      parts: sentence`${failure} No attempts left, and max_duration has passed: a retry in place would be cancelled at the next claim, so run it again as a new task.${swallowed}`,
      action: { kind: "run-again" },
    };
  return {
    tone: "bad",
    parts: sentence`${failure} No attempts left.${swallowed}`,
    action: { kind: "retry" },
  };
}

function describeFailure({ detail, run, error }: Facts): Part[] {
  const attempt = sentence`attempt ${attemptNumber(detail.task, run.attempt)}`;
  if (error?.name === "$ClaimTimeout") {
    const worker = code(run.claimedBy ?? "its worker");
    const expired = run.claimExpiresAt ? sentence` at ${time(run.claimExpiresAt)}` : [];
    return sentence`Failed on ${attempt}: the lease of ${worker} expired${expired} without a heartbeat.`;
  }
  const event = parseTimedOutWait(error);
  if (event !== null) {
    const emittedAt = getOwn(detail.eventsEmittedAt, event);
    const tooLate = emittedAt
      ? sentence`, which was emitted at ${time(emittedAt)}, too late for the wait`
      : [];
    return sentence`Failed on ${attempt}: timed out waiting for event ${code(event)}${tooLate}.`;
  }
  if (error?.message.startsWith("Misconfigured task (queue mismatch)"))
    return sentence`Failed on ${attempt}: workers of queue ${code(detail.task.queue)} have ${code(detail.task.name)} registered for another queue.`;
  return sentence`Failed on ${attempt} with ${errorText(error)}.`;
}

/** The rows record what a cancelled task was doing and whether a policy was due, but not who cancelled it. */
function explainCancelled(facts: Facts): Diagnosis {
  const { detail, run, error, policy, deadline } = facts;
  const { task } = detail;
  const action = { kind: "run-again" } as const;
  if (run.state === "failed") {
    const limit =
      policy.maxDuration === null ? [] : sentence` (${policyLength(policy.maxDuration)})`;
    return {
      tone: "bad",
      parts: sentence`Cancelled: the next retry would have exceeded ${code("max_duration")}${limit}. Attempt ${attemptNumber(task, run.attempt)} failed with ${errorText(error)}.`,
      action,
    };
  }
  const at = task.cancelledAt ? toMs(task.cancelledAt) : null;
  const due = deadline !== null && at !== null && at >= deadline.at;
  const why = due
    ? sentence`, ${duration(at - deadline.at)} past its ${code(deadline.field)} (${policyLength(deadline.seconds)})`
    : [];
  return {
    tone: due && !detail.cancelledBy ? "warning" : "plain",
    parts: sentence`Cancelled${by(facts)} ${describeActivity(facts)}${detail.cancelledBy ? [] : why}.${reasonGiven(facts)}${stillExecuting(facts)}`,
    action,
  };
}

function by({ detail: { task, cancelledBy }, now }: Facts): Part[] {
  if (!cancelledBy) return [];
  const ago = task.cancelledAt ? sentence` ${age(now - toMs(task.cancelledAt))} ago` : [];
  return sentence` by ${strong(cancelledBy.operator)}${ago}`;
}

function reasonGiven({ detail: { task, cancelledBy } }: Facts): Part[] {
  if (!cancelledBy) return [];
  const { reason, bulkId } = cancelledBy;
  const entry = link(bulkId === null ? "audit entry" : "audit entry of a bulk operation", {
    auditOf: task.taskId,
  });
  return reason
    ? sentence` Reason: “${reason}” (${entry}).`
    : sentence` No reason given (${entry}).`;
}

function describeActivity({ detail, run }: Facts): Part[] {
  if (run.startedAt === null)
    return run.attempt > 1
      ? sentence`before attempt ${attemptNumber(detail.task, run.attempt)} started`
      : sentence`before it started`;
  if (wasRunning(run)) return sentence`while running`;
  const suspension = computeSuspension(run, detail);
  if (suspension.kind === "event-wait")
    return sentence`while waiting for event ${code(suspension.event)}`;
  if (suspension.kind === "sleep") return sentence`while sleeping in step ${code(suspension.step)}`;
  return sentence`while waiting for a worker`;
}

/** A claim sets both columns to one instant, and a cancellation does not change them. */
function wasRunning(run: Facts["run"]): boolean {
  return run.availableAt === run.startedAt;
}

function stillExecuting({ run }: Facts): Part[] {
  if (run.startedAt === null || !wasRunning(run)) return [];
  return sentence` The worker can continue until its next step, heartbeat or completion, which the engine rejects.`;
}
