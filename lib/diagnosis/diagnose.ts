import { type Iso, toInstant, toMs } from "@/lib/model/instants";
import type { TaskDetail } from "@/lib/model/task";
import { findCurrentRun } from "../timeline/activity.ts";
import { explainEnded } from "./explain-ended.ts";
import { explainRunning } from "./explain-running.ts";
import { explainWaiting } from "./explain-waiting.ts";
import { collectFacts, type Diagnosis, type Facts } from "./facts.ts";
import { age, code, duration, sentence, strong, time } from "./sentence.ts";

/**
 * Explains in one or two sentences why a task is not moving, or how it ended, and suggests what resolves it. The most
 * specific rule wins. `now` is the database's clock.
 *
 * Claims nothing that the engine does not record: an overdue policy takes effect at the next claim on the queue, not
 * before; a cancelled run may still execute until its worker's next call. Delays and strategy checks follow schema 0.5.0.
 */
export function diagnose(detail: TaskDetail, now: Iso = detail.now): Diagnosis {
  const run = findCurrentRun(detail);
  if (!run)
    return {
      tone: "bad",
      parts: sentence`No attempts recorded: the rows were changed outside the engine.`,
    };
  const facts = collectFacts(detail, run, toMs(now));
  return (
    explainEnded(facts) ?? explainHazard(facts) ?? explainRunning(facts) ?? explainWaiting(facts)
  );
}

/** A problem of an active task whatever it is doing: an invalid or overdue policy, or rows that contradict each other. */
function explainHazard({ detail, run, activity, policy, deadline, now }: Facts): Diagnosis | null {
  const { task } = detail;
  const action = { kind: "cancel" } as const;
  if (policy.poison) {
    const { field, value } = policy.poison;
    return {
      tone: "bad",
      parts: sentence`Its cancellation policy has ${code(`${field}: ${value}`)}, which is not a whole number. Every claim on queue ${code(task.queue)} fails while this task is active; cancel it to unblock the queue.`,
      action,
    };
  }
  if (!activity)
    return {
      tone: "bad",
      parts: sentence`The task is ${strong(task.state)}, but its last attempt is ${strong(run.state)}, so no worker can claim it: the rows were changed outside the engine.`,
      action,
    };
  if (!deadline || deadline.at > now) return null;
  const worker = activity.kind === "running" ? ", and its worker stops at its next call" : "";
  return {
    tone: "warning",
    parts: sentence`Past its ${code(deadline.field)} (${duration(deadline.seconds * 1000)}) since ${time(toInstant(deadline.at))}. The next claim on queue ${code(task.queue)} cancels it${worker}. No claim in the last ${age(now - deadline.at)}.`,
    action,
  };
}
