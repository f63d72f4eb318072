import type { Diagnosis, Facts } from "./facts.ts";
import { code, duration, measured, say, strong, time } from "./parts.ts";

/** What endangers an active task whatever it is doing: rows that disagree, poisoned or overdue policies. */
export function explainHazards(facts: Facts): Diagnosis | null {
  const { detail, run, standing, policy, deadline, now } = facts;
  const { task } = detail;
  if (policy.poison) {
    const { field, value } = policy.poison;
    return {
      tone: "bad",
      parts: say`Its cancellation policy holds ${code(`${field}: ${value}`)}, which is no whole number: while this task is active, every claim on queue ${code(task.queue)} fails. Cancel it to free the queue.`,
      action: { kind: "cancel" },
    };
  }
  if (!standing)
    return {
      tone: "bad",
      parts: say`The task is ${strong(task.state)}, but its last attempt is ${strong(run.state)}, so no worker will claim it: the rows were changed by hand.`,
      action: { kind: "cancel" },
    };
  if (deadline && deadline.at <= now) {
    const rest = standing.kind === "running" ? "; its worker then stops at its next call" : "";
    return {
      tone: "warning",
      parts: say`Past its ${code(deadline.field)} of ${measured(deadline.seconds * 1000)} since ${time(new Date(deadline.at).toISOString())}. The next claim on queue ${code(task.queue)} cancels it${rest}; none has come for ${duration(now - deadline.at)}.`,
      action: { kind: "cancel" },
    };
  }
  return null;
}
