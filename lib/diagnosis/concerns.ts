import { formatAge, formatNumber, plural } from "@/lib/format";
import { toMs } from "@/lib/model/instants";
import { explainUnreadable, type Queue } from "@/lib/model/queue";
import type { TaskState } from "@/lib/model/states";

/** Something wrong with a queue, as a sentence about it, and where to look. */
export type Concern = {
  queue: string;
  /** The state whose icon and rank it has. */
  state: TaskState;
  text: string;
  target: ConcernTarget;
};

/** The queue itself, its tasks in one state, or its failures. */
export type ConcernTarget = "queue" | "failures" | { tasks: TaskState };

/** A queue with ready work is a concern once its oldest ready task has waited this long, in milliseconds. */
export const BACKLOG_MS = 60_000;

/** Workers poll at intervals: overdue sleepers are a concern only after this many milliseconds. */
const OVERDUE_MS = 10_000;

const ORDER: readonly TaskState[] = ["failed", "running", "pending", "sleeping"];
const rank = (concern: Concern) => ORDER.indexOf(concern.state);

/** Failures first, then expired leases, then backlog; equals keep their order. */
export function sortBySeverity(concerns: readonly Concern[]): Concern[] {
  return concerns.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * What is wrong with these queues, the most severe first.
 *
 * @param now milliseconds on the engine's clock.
 * @param allTenants whether the counts cover every tenant. If not, no running task says nothing about the workers.
 */
export function listConcerns(queues: readonly Queue[], now: number, allTenants = true): Concern[] {
  return sortBySeverity(queues.flatMap((queue) => listQueueConcerns(queue, now, allTenants)));
}

/** Whether the queue has had ready work for a minute while no task is running. */
export function hasNoConsumer({ oldestReadyAt, active }: Queue, now: number): boolean {
  return isBacklog(oldestReadyAt, now) && active.running === 0;
}

function isBacklog(oldestReadyAt: string | null, now: number): oldestReadyAt is string {
  return oldestReadyAt !== null && now - toMs(oldestReadyAt) >= BACKLOG_MS;
}

function listQueueConcerns(queue: Queue, now: number, allTenants: boolean): Concern[] {
  const { name, unreadable, expiredLeases, oldestReadyAt, ready, overdueSleepers } = queue;
  if (unreadable)
    return [
      {
        queue: name,
        state: "failed",
        text: `cannot be read. ${explainUnreadable(unreadable)}`,
        target: "queue",
      },
    ];
  const concerns: Concern[] = [];
  if (expiredLeases > 0)
    concerns.push({
      queue: name,
      state: "running",
      text:
        expiredLeases === 1
          ? "1 run has an expired lease; it will fail at the next claim."
          : `${formatNumber(expiredLeases)} runs have expired leases; they will fail at the next claim.`,
      target: { tasks: "running" },
    });
  const waited = oldestReadyAt === null ? 0 : now - toMs(oldestReadyAt);
  if (isBacklog(oldestReadyAt, now)) {
    const unclaimed = allTenants && hasNoConsumer(queue, now);
    concerns.push({
      queue: name,
      state: "pending",
      text: `${plural(ready, "task")} ready, oldest for ${formatAge(waited)}${unclaimed ? ", and no worker is claiming" : ""}.`,
      target: { tasks: "pending" },
    });
  } else if (overdueSleepers > 0 && waited >= OVERDUE_MS)
    concerns.push({
      queue: name,
      state: "sleeping",
      text: `${plural(overdueSleepers, "task")} overdue to wake.`,
      target: { tasks: "sleeping" },
    });
  return concerns;
}
