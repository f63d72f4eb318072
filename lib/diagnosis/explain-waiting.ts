import type { Wait } from "@/lib/model/task";
import { labelStep } from "../timeline/label-step.ts";
import { toMs } from "../timeline/model.ts";
import { isRetryByHand } from "../timeline/planned-start.ts";
import type { Standing } from "../timeline/standing.ts";
import { LONG_WAIT_MS } from "./explain-summary.ts";
import { type Diagnosis, type Facts, lastStep, since } from "./facts.ts";
import { code, duration, type Part, say, time } from "./parts.ts";
import { attemptOf, backoffPolicy, deadlineAhead, errorText } from "./phrases.ts";
import { swallowedSuspension } from "./swallowed-suspension.ts";

/** Why a pending or sleeping attempt is not running. */
export function explainWaiting(facts: Facts): Diagnosis {
  const { standing, run } = facts;
  switch (standing?.kind) {
    case "queued":
      return claimable(facts, standing.due, say`Queued`);
    case "retry":
      return claimable(facts, standing.due, retryWords(facts), failedBefore(facts));
    case "woken":
      return claimable(facts, standing.due, wokenWords(facts));
    case "event-wait":
      return explainEventWait(facts, standing);
    case "backoff":
      return explainBackoff(facts, standing.due);
    case "sleep":
      return explainSleep(facts, standing);
    case "put-back":
      return explainPutBack(facts, standing);
    default:
      return { tone: "warning", parts: say`The attempt is ${run.state}.` };
  }
}

function retryWords({ detail, run }: Facts): Part[] {
  const retry = isRetryByHand(detail, run) ? "Retried by hand as attempt" : "Retry";
  return say`${retry} ${attemptOf(detail.task, run.attempt)}`;
}

function failedBefore({ previous, previousError }: Facts): Part[] {
  return previous ? say` Attempt ${previous.attempt} failed with ${errorText(previousError)}.` : [];
}

/**
 * The emission wrote a checkpoint at the instant it woke the run, and left a payload on it. Without one the run was not
 * woken: engines before 0.0.4 put a run whose lease expired back like this.
 */
function wokenWords(facts: Facts): Part[] {
  if (facts.run.eventPayload === null) return say`Taken back after its lease expired`;
  const last = lastStep(facts);
  return last?.at === Date.parse(facts.run.availableAt)
    ? say`Woken by ${code(labelStep(last.name))}`
    : say`Woken`;
}

/** A run any worker could take. Nobody records why none does. */
function claimable(facts: Facts, due: number, subject: Part[], tail: Part[] = []): Diagnosis {
  const waited = facts.now - due;
  const queue = code(facts.detail.task.queue);
  const parts = say`${subject}: claimable for ${duration(waited)}, and no worker of queue ${queue} has taken it.${tail}${deadlineAhead(facts)}`;
  return { tone: waited >= LONG_WAIT_MS ? "warning" : "plain", parts };
}

function explainEventWait(
  facts: Facts,
  { event, due }: Standing & { kind: "event-wait" },
): Diagnosis {
  const { detail, run, now } = facts;
  const wait = detail.waits.find((row) => row.runId === run.runId && row.eventName === event);
  const emittedAt = detail.eventsEmittedAt[event];
  const queue = code(detail.task.queue);
  if (due <= now) {
    const gap = emittedAt
      ? say` The event came at ${time(emittedAt)}, too late for this wait.`
      : [];
    return {
      tone: now - due >= LONG_WAIT_MS ? "warning" : "plain",
      parts: say`Its wait for event ${code(event)} timed out ${duration(now - due)} ago; no worker of queue ${queue} has taken it since to carry on.${gap}`,
    };
  }
  if (emittedAt)
    return {
      tone: "warning",
      parts: say`Waiting for event ${code(event)}, which was emitted at ${time(emittedAt)} without waking it.`,
      action: { kind: "run-now", runId: run.runId },
    };
  const waited = wait ? say` for ${duration(since(facts, wait.createdAt))}` : [];
  const limit =
    due === Number.POSITIVE_INFINITY
      ? say`the wait has no time-out.`
      : say`the wait times out in ${duration(due - now)}.${repeatedWait(facts, wait, due)}`;
  return {
    tone: "plain",
    parts: say`Waiting for event ${code(event)}${waited}. Nobody has emitted it; ${limit}${deadlineAhead(facts)}`,
    action: { kind: "emit-event", event },
  };
}

/**
 * Time-outs are not recorded: a handler that caught one waits anew, for the full time, whenever it resumes. A limited
 * wait of an execution that resumed an earlier one may be such a repeat; the rows cannot tell. It is none where the
 * attempt, before this execution, was younger than the wait is long: nothing can have timed out by then.
 */
function repeatedWait({ detail, run, now }: Facts, wait: Wait | undefined, due: number): Part[] {
  const { startedAt } = run;
  if (!startedAt) return [];
  const resumed = detail.checkpoints.some(
    ({ ownerRunId, updatedAt }) => ownerRunId === run.runId && updatedAt < startedAt,
  );
  const before = toMs(startedAt) - toMs(run.createdAt);
  const registered = wait && wait.createdAt >= startedAt ? toMs(wait.createdAt) : now;
  return resumed && before >= due - registered
    ? say` The attempt has been suspended before: if its handler caught a time-out of this wait then, it now waits anew.`
    : [];
}

function explainBackoff(facts: Facts, due: number): Diagnosis {
  const { detail, run, previous, previousError, now } = facts;
  const subject = say`Retry ${attemptOf(detail.task, run.attempt)}`;
  const failure = failedBefore(facts);
  if (due <= now) return claimable(facts, due, retryWords(facts), failure);
  const action = { kind: "run-now", runId: run.runId } as const;
  if (due === Number.POSITIVE_INFINITY)
    return { tone: "warning", parts: say`${subject} has no due time.${failure}`, action };
  const swallowed = previous ? swallowedSuspension(previous, previousError) : null;
  return {
    tone: swallowed ? "warning" : "plain",
    parts: say`${subject} is due in ${duration(due - now)}${backoffPolicy(detail.task)}.${failure}${swallowed ?? []}${deadlineAhead(facts)}`,
    action,
  };
}

function explainSleep(facts: Facts, { step, due }: Standing & { kind: "sleep" }): Diagnosis {
  const { run, now } = facts;
  if (due <= now) return claimable(facts, due, say`Its sleep ${code(step)} is over`);
  return {
    tone: "plain",
    parts: say`Sleeping in step ${code(step)} until ${time(new Date(due).toISOString())}, for another ${duration(due - now)}.${deadlineAhead(facts)}`,
    action: { kind: "run-now", runId: run.runId },
  };
}

function explainPutBack(
  facts: Facts,
  { due, deferral }: Standing & { kind: "put-back" },
): Diagnosis {
  const { detail, run, now } = facts;
  const name = code(detail.task.name);
  const claimed = run.startedAt ? say` ${duration(since(facts, run.startedAt))} ago` : [];
  const action = { kind: "run-now", runId: run.runId } as const;
  if (due === Number.POSITIVE_INFINITY)
    return {
      tone: "warning",
      parts: say`A worker put it aside${claimed} without a due time: nothing will resume it.`,
      action,
    };
  const again = due > now ? say`in ${duration(due - now)}` : say`at the next claim`;
  if (deferral)
    return {
      tone: "warning",
      parts: say`A worker claimed it${claimed} and put it back, as workers do that do not know the task ${name}; it comes up again ${again}. Deploy a worker that registers ${name}.`,
    };
  if (due <= now) return claimable(facts, due, say`Put aside by a worker until ${time(iso(due))}`);
  return {
    tone: "plain",
    parts: say`A worker put it aside${claimed}, outside of a step, until ${time(iso(due))}: it comes up again ${again}.${deadlineAhead(facts)}`,
    action,
  };
}

const iso = (at: number): string => new Date(at).toISOString();
