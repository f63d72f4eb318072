import { isInterpreterTask } from "@/lib/model/interpreter";
import { labelStep } from "../timeline/labels.ts";
import { type Diagnosis, type Facts, findLastStep, since } from "./facts.ts";
import { afterFailure, deadlineAhead } from "./phrases.ts";
import { age, code, countdown, type Part, sentence } from "./sentence.ts";

/** Explains a running attempt: within its lease, past it, or without one. `null` if nothing is running. */
export function explainRunning(facts: Facts): Diagnosis | null {
  const { run, activity, now, readAt, detail } = facts;
  if (activity?.kind !== "running") return null;
  const worker = code(run.claimedBy ?? "a worker");
  const running = run.startedAt
    ? sentence`Running on ${worker} for ${age(since(facts, run.startedAt))}`
    : sentence`Running on ${worker}`;
  if (activity.leaseEnd === null)
    return {
      tone: "warning",
      parts: sentence`${running} without a lease: if the worker is gone, nothing recovers the task.${lastCheckpoint(facts)}`,
      action: { kind: "cancel" },
    };
  const action = { kind: "extend-lease", runId: run.runId } as const;
  if (activity.leaseEnd <= readAt)
    return {
      tone: "warning",
      parts: sentence`The lease of ${worker} expired ${age(now - activity.leaseEnd)} ago. The next claims on queue ${code(detail.task.queue)} fail this attempt, and the task ${afterFailure(facts, readAt)}; the worker can still finish before that.`,
      action,
    };
  return {
    tone: "plain",
    parts: sentence`${running}.${lastCheckpoint(facts)}${caughtTimeout(facts)} Lease expires in ${countdown(activity.leaseEnd - now)}; ${whenItExpires(facts, activity.leaseEnd)}.${deadlineAhead(facts)}`,
    action,
  };
}

/** A claim cancels tasks past their max_duration before it fails runs with an expired lease. */
function whenItExpires(facts: Facts, leaseEnd: number): Part[] {
  const { deadline } = facts;
  return deadline && deadline.at <= leaseEnd
    ? sentence`${code(deadline.field)} cancels the task first`
    : sentence`without a heartbeat the attempt fails and the task ${afterFailure(facts, leaseEnd)}`;
}

function lastCheckpoint(facts: Facts): Part[] {
  const last = findLastStep(facts);
  return last
    ? sentence` Last checkpoint ${code(labelStep(last.name))} ${age(facts.readAt - last.at)} ago.`
    : [];
}

/** When a handler catches a timeout, or the interpreter wakes, the event's name stays on the running row. */
function caughtTimeout({ detail, run }: Facts): Part[] {
  if (!run.wakeEvent || run.eventPayload !== null || isInterpreterTask(detail.task)) return [];
  return sentence` Its wait for event ${code(run.wakeEvent)} timed out.`;
}
