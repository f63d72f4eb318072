import { toInstant, toMs } from "@/lib/model/instants";
import type { Wait } from "@/lib/model/task";
import type { Activity } from "../timeline/activity.ts";
import { labelStep } from "../timeline/labels.ts";
import { isManualRetry } from "../timeline/retries.ts";
import { LONG_WAIT_MS } from "./explain-summary.ts";
import { type Diagnosis, type Facts, findLastStep, since } from "./facts.ts";
import {
  attemptNumber,
  backoffPolicy,
  deadlineAhead,
  errorText,
  swallowedSuspension,
} from "./phrases.ts";
import { age, code, type Part, sentence, time } from "./sentence.ts";

/** Explains why a pending or sleeping attempt is not running. */
export function explainWaiting(facts: Facts): Diagnosis {
  const { activity, run } = facts;
  switch (activity?.kind) {
    case "queued":
      return explainReady(facts, activity.due, sentence`Ready`);
    case "retry":
      return explainReady(facts, activity.due, retrySubject(facts), previousFailure(facts));
    case "woken":
      return explainWoken(facts, activity.due);
    case "event-wait":
      return explainEventWait(facts, activity);
    case "backoff":
      return explainBackoff(facts, activity.due);
    case "sleep":
      return explainSleep(facts, activity);
    case "deferred":
      return explainDeferred(facts, activity);
    default:
      return { tone: "warning", parts: sentence`The attempt is ${run.state}.` };
  }
}

function retrySubject({ detail, run }: Facts): Part[] {
  const retry = isManualRetry(detail, run) ? "Retried manually as attempt" : "Retry";
  return sentence`${retry} ${attemptNumber(detail.task, run.attempt)}: ready`;
}

function previousFailure({ previous, previousError }: Facts): Part[] {
  return previous
    ? sentence` Attempt ${previous.attempt} failed with ${errorText(previousError)}.`
    : [];
}

/** A run that any worker could claim. The rows do not show why none does. `subject` ends in "ready". */
function explainReady(facts: Facts, due: number, subject: Part[], detail: Part[] = []): Diagnosis {
  const waited = facts.now - due;
  return {
    tone: waitTone(waited),
    parts: sentence`${subject} for ${age(waited)}, not claimed yet.${detail}${deadlineAhead(facts)}`,
  };
}

const waitTone = (waited: number) => (waited >= LONG_WAIT_MS ? "warning" : "plain");

/**
 * An emit writes its payload on the run, and a checkpoint at the instant of the wake. A run without a payload was not
 * woken: engines before 0.0.4 requeue a run with an expired lease that way.
 */
function explainWoken(facts: Facts, due: number): Diagnosis {
  if (facts.run.eventPayload === null)
    return explainReady(facts, due, sentence`Requeued after its lease expired: ready`);
  const waited = facts.now - due;
  const last = findLastStep(facts);
  const event =
    last?.at === toMs(facts.run.availableAt) ? sentence` by ${code(labelStep(last.name))}` : [];
  return {
    tone: waitTone(waited),
    parts: sentence`Woken${event} ${age(waited)} ago, waiting for a worker.${deadlineAhead(facts)}`,
  };
}

function explainEventWait(
  facts: Facts,
  { event, due }: Activity & { kind: "event-wait" },
): Diagnosis {
  const { detail, run, now } = facts;
  const wait = detail.waits.find((row) => row.runId === run.runId && row.eventName === event);
  const emittedAt = detail.eventsEmittedAt[event];
  if (due <= now) {
    const tooLate = emittedAt
      ? sentence` The event was emitted at ${time(emittedAt)}, too late for this wait.`
      : [];
    return {
      tone: waitTone(now - due),
      parts: sentence`The wait for event ${code(event)} timed out ${age(now - due)} ago; waiting for a worker.${tooLate}`,
    };
  }
  if (emittedAt)
    return {
      tone: "warning",
      parts: sentence`Waiting for event ${code(event)}, which was emitted at ${time(emittedAt)} without waking it.`,
      action: { kind: "run-now", runId: run.runId },
    };
  const waited = wait ? sentence` for ${age(since(facts, wait.createdAt))}` : [];
  const limit =
    due === Number.POSITIVE_INFINITY
      ? sentence`no timeout.`
      : sentence`times out in ${age(due - now)}.${repeatedWait(facts, wait, due)}`;
  return {
    tone: "plain",
    parts: sentence`Waiting for event ${code(event)}${waited}. Not emitted yet; ${limit}${deadlineAhead(facts)}`,
    action: { kind: "emit-event", event },
  };
}

/**
 * Timeouts are not recorded: a handler that catches one waits again, for the full time, every time it resumes. A wait
 * with a timeout may be such a repeat if this execution resumed an earlier one; the rows cannot distinguish the two. It
 * is no repeat if the attempt was, before this execution, younger than the wait is long: nothing can have timed out yet.
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
    ? sentence` The attempt was suspended before; if its handler caught a timeout of this wait, it is waiting again.`
    : [];
}

function explainBackoff(facts: Facts, due: number): Diagnosis {
  const { detail, run, previous, previousError, now } = facts;
  const subject = sentence`Retry ${attemptNumber(detail.task, run.attempt)}`;
  const failure = previousFailure(facts);
  if (due <= now) return explainReady(facts, due, retrySubject(facts), failure);
  const action = { kind: "run-now", runId: run.runId } as const;
  if (due === Number.POSITIVE_INFINITY)
    return { tone: "warning", parts: sentence`${subject} has no due time.${failure}`, action };
  const swallowed = previous ? swallowedSuspension(previous, previousError) : null;
  return {
    tone: swallowed ? "warning" : "plain",
    parts: sentence`${subject} in ${age(due - now)}${backoffPolicy(detail.task)}.${failure}${swallowed ?? []}${deadlineAhead(facts)}`,
    action,
  };
}

function explainSleep(facts: Facts, { step, due }: Activity & { kind: "sleep" }): Diagnosis {
  const { run, now } = facts;
  if (due <= now)
    return {
      tone: waitTone(now - due),
      parts: sentence`Sleep ${code(step)} ended ${age(now - due)} ago; waiting for a worker.${deadlineAhead(facts)}`,
    };
  return {
    tone: "plain",
    parts: sentence`Sleeping in step ${code(step)} until ${time(toIso(due))}, for another ${age(due - now)}.${deadlineAhead(facts)}`,
    action: { kind: "run-now", runId: run.runId },
  };
}

function explainDeferred(
  facts: Facts,
  { due, unknownTask }: Activity & { kind: "deferred" },
): Diagnosis {
  const { detail, run, now } = facts;
  const name = code(detail.task.name);
  const claimed = run.startedAt ? sentence` ${age(since(facts, run.startedAt))} ago` : [];
  const action = { kind: "run-now", runId: run.runId } as const;
  if (due === Number.POSITIVE_INFINITY)
    return {
      tone: "warning",
      parts: sentence`Deferred by a worker${claimed} without a due time: nothing will resume it.`,
      action,
    };
  const again = due > now ? sentence`ready again in ${age(due - now)}` : sentence`ready again now`;
  if (unknownTask)
    return {
      tone: "warning",
      parts: sentence`Claimed${claimed} and deferred by a worker that seems not to know the task ${name}; ${again}. Deploy a worker that registers ${name}.`,
    };
  if (due <= now)
    return explainReady(
      facts,
      due,
      sentence`Deferred by a worker until ${time(toIso(due))}: ready`,
    );
  return {
    tone: "plain",
    parts: sentence`Deferred by a worker${claimed}, outside a step, until ${time(toIso(due))}; ${again}.${deadlineAhead(facts)}`,
    action,
  };
}

const toIso = (at: number): string => toInstant(at);
