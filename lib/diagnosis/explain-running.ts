import { labelStep } from "../timeline/label-step.ts";
import { type Diagnosis, type Facts, lastStep, since } from "./facts.ts";
import { code, countdown, duration, type Part, say } from "./parts.ts";
import { afterFailure, deadlineAhead } from "./phrases.ts";

/** Where a running attempt stands: within its lease, past it, or without one. */
export function explainRunning(facts: Facts): Diagnosis | null {
  const { run, standing, now, detail } = facts;
  if (standing?.kind !== "running") return null;
  const worker = code(run.claimedBy ?? "a worker");
  const running = run.startedAt
    ? say`Running on ${worker} for ${duration(since(facts, run.startedAt))}`
    : say`Running on ${worker}`;
  if (standing.leaseEnd === null)
    return {
      tone: "warning",
      parts: say`${running} without a lease: if the worker is gone, nothing will take the task back.${step(facts)}`,
      action: { kind: "cancel" },
    };
  const action = { kind: "extend-lease", runId: run.runId } as const;
  if (standing.leaseEnd <= now)
    return {
      tone: "warning",
      parts: say`The lease of ${worker} expired ${duration(now - standing.leaseEnd)} ago. The next claim on queue ${code(detail.task.queue)} fails this attempt, and the task ${afterFailure(facts)}; until then the worker may still finish.`,
      action,
    };
  return {
    tone: "plain",
    parts: say`${running}.${step(facts)}${timedOut(facts)} Lease expires in ${countdown(standing.leaseEnd - now)}; without a heartbeat the attempt fails and the task ${afterFailure(facts)}.${deadlineAhead(facts)}`,
    action,
  };
}

function step(facts: Facts): Part[] {
  const last = lastStep(facts);
  return last
    ? say` Last checkpoint ${code(labelStep(last.name))} ${duration(facts.now - last.at)} ago.`
    : [];
}

/** A time-out that the handler caught leaves the event's name on the running row. */
function timedOut({ run }: Facts): Part[] {
  if (!run.wakeEvent || run.eventPayload !== null) return [];
  return say` Its wait for ${code(run.wakeEvent)} timed out.`;
}
