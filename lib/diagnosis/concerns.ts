import { formatAge, formatDuration, formatNumber, formatShortId, plural } from "@/lib/format";
import type { AttemptCounts } from "@/lib/model/count";
import type { Uuid } from "@/lib/model/ids";
import { type Iso, toInstant, toMs } from "@/lib/model/instants";
import { explainUnreadable, type PoisonTask, type Queue } from "@/lib/model/queue";
import type { TopFailureGroup } from "@/lib/model/rows/failure";
import type { TaskState } from "@/lib/model/states";
import { assessClaims, explainPoison } from "./claims.ts";

/** Something wrong with a queue, as a sentence about it, and where to look. */
export type Concern = {
  queue: string;
  severity: Severity;
  /** How many tasks or attempts it affects; orders concerns of one severity. */
  affected: number;
  /** The state whose icon it shows. */
  state: TaskState;
  text: string;
  target: ConcernTarget;
};

/**
 * Worst first: nothing of the queue can be read or claimed; attempts fail; leases have expired; tasks wait
 * although workers claim; sleepers are overdue.
 */
const SEVERITIES = ["stopped", "failing", "expired", "backlog", "overdue"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The queue itself, its tasks in one state, one task, or the queue's failures. */
export type ConcernTarget =
  | "queue"
  | "failures"
  | { tasks: TaskState }
  | { queue: string; taskId: Uuid };

/** The input for computing concerns. */
export type ConcernReading = {
  queues: readonly Queue[];
  /** The engine's clock when the queues were read. */
  now: Iso;
  /**
   * Ended attempts of a window; absent until they are read. `words` names the window, as in "failed in the last
   * hour".
   */
  attempts?:
    | { queues: readonly (AttemptCounts & { name: string })[]; words: string; now: Iso }
    | undefined;
  /** Error groups of the same window, to name an error of a failing queue. */
  groups?: readonly TopFailureGroup[] | undefined;
};

/** A queue with ready work is a concern once its oldest ready task has waited this long, in milliseconds. */
export const BACKLOG_MS = 60_000;

/** A queue is a concern from this number of failed attempts and this failure rate. */
export const FAILING = { attempts: 10, rate: 0.1 };

/** Workers poll at intervals: overdue sleepers are a concern only after this many milliseconds. */
const OVERDUE_MS = 10_000;

const rank = ({ severity }: Concern) => SEVERITIES.indexOf(severity);

/**
 * What is wrong with these queues, ordered by severity, then by how many tasks or attempts are affected, then by
 * name. Ages are as of the reading; nothing is extrapolated.
 */
export function listConcerns(reading: ConcernReading): Concern[] {
  const now = toMs(reading.now);
  const stopped = reading.queues.flatMap((queue) => listStops(queue));
  const waiting = reading.queues.flatMap((queue) =>
    queue.unreadable ? [] : listWaiting(queue, now),
  );
  return [...stopped, ...listFailing(reading), ...waiting].toSorted(
    (a, b) => rank(a) - rank(b) || b.affected - a.affected || (a.queue < b.queue ? -1 : 1),
  );
}

/**
 * What an empty list of concerns means, naming what was checked. `complete` is false if failures were not read:
 * then it is not an all-clear.
 */
export function describeAllClear({
  attempts,
  oneQueue = false,
}: Pick<ConcernReading, "attempts"> & {
  /** Whether only one queue was checked; then the text says nothing about others. */
  oneQueue?: boolean;
}): { complete: boolean; text: string } {
  const waiting = `no task ready for ${formatDuration(BACKLOG_MS)} or longer, no expired leases`;
  if (!attempts)
    return {
      complete: false,
      text: `${waiting[0]?.toUpperCase()}${waiting.slice(1)}. Failures not read yet.`,
    };
  const failing = oneQueue
    ? `fewer than ${FAILING.attempts} failed attempts or a failure rate below ${FAILING.rate * 100} %`
    : `no queue with ${FAILING.attempts} or more failed attempts and a failure rate of ${FAILING.rate * 100} % or more`;
  return {
    complete: true,
    text: `All clear: ${waiting}, and ${failing} in the ${attempts.words}.`,
  };
}

/**
 * The label of a queue that has had ready work for a minute while no worker holds or claims any: `no claim seen`
 * if not every row was searched for a claim. `null` for other queues, and if claims were not read.
 */
export function describeConsumer(
  { oldestReadyAt, claims }: Queue,
  now: Iso,
): "no consumer" | "no claim seen" | null {
  if (oldestReadyAt === null || !isBacklog(oldestReadyAt, toMs(now))) return null;
  const situation = assessClaims(claims, toMs(oldestReadyAt));
  if (situation?.kind !== "idle") return null;
  return situation.complete ? "no consumer" : "no claim seen";
}

/**
 * Whether a queue whose oldest ready task became ready at `oldestReadyAt` is a concern at `now`, in milliseconds.
 */
export function isBacklog(oldestReadyAt: Iso, now: number): boolean {
  return now - toMs(oldestReadyAt) >= BACKLOG_MS;
}

/** Why nothing of this queue can be read or claimed. */
function listStops({ name, unreadable, claims, ready, expiredLeases }: Queue): Concern[] {
  if (unreadable)
    return [
      {
        queue: name,
        severity: "stopped",
        // It may affect all of the queue's tasks.
        affected: Number.POSITIVE_INFINITY,
        state: "failed",
        text: `cannot be read. ${explainUnreadable(unreadable)}`,
        target: "queue",
      },
    ];
  return (claims?.poison ?? []).map((task) => ({
    queue: name,
    severity: "stopped",
    affected: ready + expiredLeases,
    state: "failed",
    text: `every claim fails: ${describePoison(task)}.`,
    target: { queue: name, taskId: task.taskId },
  }));
}

/** `task charge-card (01a2f6c2…a42d) has max_duration 1.5, which is not a whole number`. */
function describePoison({ name, taskId, field, value }: PoisonTask): string {
  return `task ${name} (${formatShortId(taskId)}) has ${field} ${value}, ${explainPoison(value)}`;
}

function listFailing({ attempts, groups }: ConcernReading): Concern[] {
  if (!attempts) return [];
  return attempts.queues
    .map(({ name, completed, failed }) => {
      const lost = sum(failed);
      return { name, failed: lost, finished: lost + sum(completed) };
    })
    .filter(({ failed, finished }) => isFailing(failed, finished))
    .map(({ name, failed, finished }) => ({
      severity: "failing",
      affected: failed,
      state: "failed",
      queue: name,
      text: `${formatNumber(failed)} of ${formatNumber(finished)} attempts failed in the ${attempts.words}${nameError(name, groups)}.`,
      target: "failures",
    }));
}

/** Whether a queue with this many failed among its finished attempts is a concern. */
export function isFailing(failed: number, finished: number): boolean {
  return failed >= FAILING.attempts && failed / finished >= FAILING.rate;
}

/** The error group with the most attempts of those that occurred mainly in this queue. */
function nameError(queue: string, groups: readonly TopFailureGroup[] | undefined): string {
  const group = groups?.find(({ queues }) => queues[0] === queue);
  return group?.errorName ? `, among them ${group.taskName} with ${group.errorName}` : "";
}

function listWaiting(queue: Queue, now: number): Concern[] {
  const { name, expiredLeases, oldestReadyAt, ready, overdueSleepers, claims } = queue;
  const isBlocked = claims !== null && claims.poison.length > 0;
  const concerns: Concern[] = [];
  if (expiredLeases > 0)
    concerns.push({
      queue: name,
      severity: "expired",
      affected: expiredLeases,
      state: "running",
      text: describeExpired(expiredLeases, isBlocked),
      target: { tasks: "running" },
    });
  if (oldestReadyAt === null) return concerns;
  const waited = now - toMs(oldestReadyAt);
  if (isBacklog(oldestReadyAt, now))
    concerns.push({
      queue: name,
      severity: describeConsumer(queue, toInstant(now)) === null ? "backlog" : "stopped",
      affected: ready,
      state: "pending",
      text: `${plural(ready, "task")} ready, oldest for ${formatAge(waited)}${explainBacklog(queue, oldestReadyAt, now)}.`,
      target: { tasks: "pending" },
    });
  else if (overdueSleepers > 0 && waited >= OVERDUE_MS)
    concerns.push({
      queue: name,
      severity: "overdue",
      affected: overdueSleepers,
      state: "sleeping",
      text: `${plural(overdueSleepers, "task")} overdue to wake.`,
      target: { tasks: "sleeping" },
    });
  return concerns;
}

/** The consequence for the runs, unless every claim fails. */
function describeExpired(runs: number, isBlocked: boolean): string {
  const found =
    runs === 1 ? "1 run has an expired lease" : `${formatNumber(runs)} runs have expired leases`;
  if (isBlocked) return `${found}.`;
  return `${found}; ${runs === 1 ? "it will fail at the next claim" : "they will fail at the next claims"}.`;
}

function explainBacklog({ claims }: Queue, oldestReadyAt: Iso, now: number): string {
  const situation = assessClaims(claims, toMs(oldestReadyAt));
  const ago = (at: Iso) => `${formatAge(now - toMs(at))} ago`;
  const by = (worker: string | null) => (worker === null ? "" : ` by ${worker}`);
  switch (situation?.kind) {
    case "busy":
      return `; ${formatNumber(situation.running)} running on ${plural(situation.workers, "worker")}`;
    case "claiming":
      return `; last claim ${ago(situation.lastClaim.at)}${by(situation.lastClaim.worker)}`;
    case "idle": {
      const { lastClaim, complete } = situation;
      const last = lastClaim && `${ago(lastClaim.at)}${by(lastClaim.worker)}`;
      if (complete)
        return `, and no worker is claiming: ${last ? `last claim ${last}` : "no claim is on record"}`;
      return `, and no claim seen since${last ? `: last claim seen ${last}` : ", or before"}`;
    }
    default:
      return "";
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
