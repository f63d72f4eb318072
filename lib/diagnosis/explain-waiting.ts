import { formatCount, plural } from "@/lib/format";
import { getOwn } from "@/lib/model/get-own";
import { toInstant, toMs } from "@/lib/model/instants";
import { isInterpreterTask } from "@/lib/model/interpreter";
import type { Wait } from "@/lib/model/task";
import { type Activity, findWaitNote } from "../timeline/activity.ts";
import { labelStep } from "../timeline/labels.ts";
import { isManualRetry } from "../timeline/retries.ts";
import { assessClaims, POLLS_MS } from "./claims.ts";
import { LONG_WAIT_MS } from "./explain-summary.ts";
import { type Diagnosis, type Facts, findLastStep, since } from "./facts.ts";
import {
  attemptNumber,
  backoffPolicy,
  deadlineAhead,
  errorText,
  swallowedSuspension,
} from "./phrases.ts";
import { age, code, type Part, sentence, strong, type Tone, time } from "./sentence.ts";

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

/** A run that any worker could claim. `subject` ends in "ready". */
function explainReady(facts: Facts, due: number, subject: Part[], detail: Part[] = []): Diagnosis {
  const waited = facts.now - due;
  return {
    tone: waitTone(facts, due),
    parts: sentence`${subject} for ${age(waited)}${explainUnclaimed(facts, due, "behind")}${detail}${deadlineAhead(facts)}`,
  };
}

/** A warning for a long wait, and for any wait that nothing will end. */
function waitTone({ detail, readAt }: Facts, due: number): Tone {
  const waited = readAt - due;
  const isIdle = assessClaims(detail.claims, due)?.kind === "idle" && waited >= POLLS_MS;
  return waited >= LONG_WAIT_MS || isIdle ? "warning" : "plain";
}

/**
 * Completes a sentence about a run that has been ready since `due`, up to its full stop: why no worker has claimed
 * it. With `behind` it starts with the runs that are claimed before it.
 */
function explainUnclaimed({ detail, readAt }: Facts, due: number, behind?: "behind"): Part[] {
  const { claims, task } = detail;
  const queue = code(task.queue);
  if (readAt - due < POLLS_MS) return sentence`.`;
  const situation = assessClaims(claims, due);
  if (!claims || !situation) return behind ? sentence`, not claimed yet.` : sentence`.`;
  const ahead =
    behind && claims.ahead.value > 0
      ? sentence`, behind ${strong(formatCount(claims.ahead))} other ready ${claims.ahead.value === 1 ? "task" : "tasks"}`
      : [];
  switch (situation.kind) {
    case "blocked":
      return behind ? sentence`, not claimed yet.` : sentence`.`;
    case "busy": {
      const { running, workers, lastClaim } = situation;
      const claimed = lastClaim
        ? sentence`; the last claim was ${age(readAt - toMs(lastClaim.at))} ago`
        : [];
      return sentence`${ahead}. ${plural(running, "task")} of this queue ${running === 1 ? "is" : "are"} running on ${plural(workers, "worker")}${claimed}.`;
    }
    case "claiming":
      return sentence`${ahead}. The last claim on this queue was ${age(readAt - toMs(situation.lastClaim.at))} ago${byWorker(situation.lastClaim.worker)}.`;
    case "idle": {
      const { lastClaim, complete } = situation;
      if (!lastClaim)
        return complete
          ? sentence`. Nothing has claimed from queue ${queue}: no claim is on record.`
          : sentence`. No claim was seen on queue ${queue}; not all of its suspended runs were searched.`;
      return complete
        ? sentence`. Nothing has claimed from queue ${queue} since ${time(lastClaim.at)}, ${age(readAt - toMs(lastClaim.at))} ago${byWorker(lastClaim.worker)}.`
        : sentence`. The last claim seen on queue ${queue} was ${age(readAt - toMs(lastClaim.at))} ago${byWorker(lastClaim.worker)}.`;
    }
  }
}

const byWorker = (worker: string | null): Part[] =>
  worker === null ? [] : sentence`, by ${code(worker)}`;

/**
 * An emit writes its payload on the run, and a checkpoint at the instant of the wake. A run without a payload was
 * not woken: engines before 0.0.4 requeue a run with an expired lease that way.
 */
function explainWoken(facts: Facts, due: number): Diagnosis {
  if (facts.run.eventPayload === null)
    return explainReady(facts, due, sentence`Requeued after its lease expired: ready`);
  const waited = facts.now - due;
  const last = findLastStep(facts);
  const event =
    last?.at === toMs(facts.run.availableAt) ? sentence` by ${code(labelStep(last.name))}` : [];
  return {
    tone: waitTone(facts, due),
    parts: sentence`Woken${event} ${age(waited)} ago, waiting for a worker${explainUnclaimed(facts, due)}${deadlineAhead(facts)}`,
  };
}

function explainEventWait(
  facts: Facts,
  { event, due, timeout }: Activity & { kind: "event-wait" },
): Diagnosis {
  const { detail, run, now, readAt } = facts;
  const wait = detail.waits.find((row) => row.runId === run.runId && row.eventName === event);
  const emittedAt = getOwn(detail.eventsEmittedAt, event);
  const isInterpreted = isInterpreterTask(detail.task);
  if (due <= readAt && isInterpreted && !(timeout !== undefined && timeout <= readAt))
    return {
      tone: waitTone(facts, due),
      parts: sentence`Waiting for event ${code(event)}; a look for it was due ${age(now - due)} ago, waiting for a worker${explainUnclaimed(facts, due)}${deadlineAhead(facts)}`,
    };
  if (due <= readAt) {
    const tooLate = emittedAt
      ? sentence` The event was emitted at ${time(emittedAt)}, too late for this wait.`
      : [];
    return {
      tone: waitTone(facts, due),
      parts: sentence`The wait for event ${code(event)} timed out ${age(now - (timeout ?? due))} ago; waiting for a worker${explainUnclaimed(facts, due)}${tooLate}`,
    };
  }
  if (emittedAt)
    return {
      tone: "warning",
      parts: sentence`Waiting for event ${code(event)}, which was emitted at ${time(emittedAt)} without waking it.`,
      action: { kind: "run-now", runId: run.runId },
    };
  // The interpreter registers the wait again at each poll; only its note keeps the start.
  const waitingSince = isInterpreted ? findWaitNote(run, detail)?.updatedAt : wait?.createdAt;
  const waited =
    waitingSince === undefined ? [] : sentence` for ${age(since(facts, waitingSince))}`;
  return {
    tone: "plain",
    parts: sentence`Waiting for event ${code(event)}${waited}. Not emitted yet${limit(facts, wait, timeout)}${deadlineAhead(facts)}`,
    action: { kind: "emit-event", event },
  };
}

/** When a wait times out, if that is recorded; completes a sentence, up to its full stop. */
function limit(facts: Facts, wait: Wait | undefined, timeout: number | undefined): Part[] {
  if (timeout === undefined) return sentence`.`;
  if (timeout === Number.POSITIVE_INFINITY) return sentence`; no timeout.`;
  return sentence`; times out in ${age(timeout - facts.now)}.${repeatedWait(facts, wait, timeout)}`;
}

/**
 * Timeouts are not recorded: a handler that catches one waits again, for the full time, every time it resumes. A
 * wait with a timeout may be such a repeat if this execution resumed an earlier one; the rows cannot distinguish
 * the two. It is not a repeat if, before this execution, the attempt was younger than the wait is long: nothing
 * can have timed out yet.
 */
function repeatedWait({ detail, run, now }: Facts, wait: Wait | undefined, due: number): Part[] {
  const { startedAt } = run;
  if (!startedAt || isInterpreterTask(detail.task)) return [];
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
  const { detail, run, previous, previousError, now, readAt } = facts;
  const subject = sentence`Retry ${attemptNumber(detail.task, run.attempt)}`;
  const failure = previousFailure(facts);
  if (due <= readAt) return explainReady(facts, due, retrySubject(facts), failure);
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

function explainSleep(
  facts: Facts,
  { step, due, clockBehindMs }: Activity & { kind: "sleep" },
): Diagnosis {
  const { run, now, readAt } = facts;
  const skew =
    clockBehindMs === undefined
      ? []
      : sentence` Its worker's clock is about ${age(clockBehindMs)} behind.`;
  if (due <= readAt)
    return {
      tone: waitTone(facts, due),
      parts: sentence`Sleep ${code(step)} ended ${age(now - due)} ago; waiting for a worker${explainUnclaimed(facts, due)}${skew}${deadlineAhead(facts)}`,
    };
  return {
    tone: "plain",
    parts: sentence`Sleeping in step ${code(step)} until ${time(toIso(due))}, for another ${age(due - now)}.${skew}${deadlineAhead(facts)}`,
    action: { kind: "run-now", runId: run.runId },
  };
}

function explainDeferred(
  facts: Facts,
  { due, unknownTask }: Activity & { kind: "deferred" },
): Diagnosis {
  const { detail, run, now, readAt } = facts;
  const name = code(detail.task.name);
  const claimed = run.startedAt ? sentence` ${age(since(facts, run.startedAt))} ago` : [];
  const action = { kind: "run-now", runId: run.runId } as const;
  if (due === Number.POSITIVE_INFINITY)
    return {
      tone: "warning",
      parts: sentence`Deferred by a worker${claimed} without a due time: nothing will resume it.`,
      action,
    };
  const again =
    due > readAt ? sentence`ready again in ${age(due - now)}` : sentence`ready again now`;
  if (unknownTask === "possible")
    return {
      tone: "warning",
      parts: sentence`Claimed${claimed} and put back by its worker; ${again}. Either the worker does not know the task ${name}, or its clock is slow and it resumed the sleep before.${deadlineAhead(facts)}`,
      action,
    };
  if (unknownTask === "likely")
    return {
      tone: "warning",
      parts: sentence`Claimed${claimed} and deferred by a worker that seems not to know the task ${name}; ${again}. Deploy a worker that registers ${name}.`,
    };
  if (due <= readAt)
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
