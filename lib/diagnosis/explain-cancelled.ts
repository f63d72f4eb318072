import { toMs } from "../timeline/model.ts";
import { readSuspension } from "../timeline/standing.ts";
import type { Diagnosis, Facts } from "./facts.ts";
import { code, measured, type Part, say } from "./parts.ts";
import { attemptOf, errorText } from "./phrases.ts";

/** Who ended a cancelled task is not recorded; what it was doing, and whether a policy was due, is. */
export function explainCancelled(facts: Facts): Diagnosis {
  const { detail, run, error, policy, deadline } = facts;
  const { task } = detail;
  const action = { kind: "run-again" } as const;
  if (run.state === "failed") {
    const limit =
      policy.maxDuration === null ? [] : say` of ${measured(policy.maxDuration * 1000)}`;
    return {
      tone: "bad",
      parts: say`Cancelled instead of retried: the retry would have begun after its ${code("max_duration")}${limit}. Attempt ${attemptOf(task, run.attempt)} had failed with ${errorText(error)}.`,
      action,
    };
  }
  const at = task.cancelledAt ? toMs(task.cancelledAt) : null;
  const due = deadline !== null && at !== null && at >= deadline.at;
  const why = due
    ? say`, ${past(at - deadline.at)} past its ${code(deadline.field)} of ${measured(deadline.seconds * 1000)}`
    : [];
  return {
    tone: due ? "warning" : "plain",
    parts: say`Cancelled ${activity(facts)}${why}.${stillExecuting(facts)}`,
    action,
  };
}

/** Whole seconds, and tenths of the first, so that nothing is said to be 0 s past. */
const past = measured;

function activity({ detail, run }: Facts): Part[] {
  if (run.startedAt === null)
    return run.attempt > 1
      ? say`before attempt ${attemptOf(detail.task, run.attempt)} started`
      : say`before it started`;
  if (wasRunning(run)) return say`while running`;
  const suspension = readSuspension(run, detail);
  if (suspension.kind === "event-wait")
    return say`while waiting for event ${code(suspension.event)}`;
  if (suspension.kind === "sleep") return say`while sleeping in step ${code(suspension.step)}`;
  return say`while waiting for a worker`;
}

/** A claim writes both columns at one instant, and a cancellation leaves them. */
function wasRunning(run: Facts["run"]): boolean {
  return run.availableAt === run.startedAt;
}

function stillExecuting({ run }: Facts): Part[] {
  if (run.startedAt === null || !wasRunning(run)) return [];
  return say` The worker was not stopped: it goes on until its next step, heartbeat or end, which the engine refuses.`;
}
