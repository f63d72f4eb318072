import { queuePath, queueTasksPath } from "@/components/layout/paths";
import { formatAge, formatNumber, plural } from "@/lib/format";
import type { Queue } from "@/lib/model/queue";
import type { TaskState } from "@/lib/model/states";

/** One thing that is wrong, with where to look. */
export type Concern = {
  key: string;
  state: TaskState;
  queue: string;
  text: string;
  href: string;
  action: string;
};

/** Claimable work that nobody takes for this long is worth a sentence. */
export const WAITS_MS = 60_000;

/** Workers poll now and then: a sleeper that is due for less than this is nobody's concern. */
const LATE_MS = 10_000;

/**
 * What is wrong with these queues, the worst first. `now` in milliseconds, on the engine's clock. That nothing runs says
 * something of the workers only where the figures are everybody's.
 */
export function concernsOf(queues: readonly Queue[], now: number, isEverybody = true): Concern[] {
  return worstFirst(queues.flatMap((queue) => concernsOfQueue(queue, now, isEverybody)));
}

const ORDER: readonly TaskState[] = ["failed", "running", "pending", "sleeping"];
const rank = (concern: Concern) => ORDER.indexOf(concern.state);

/** Failures, then lost leases, then what waits; within each as given. */
export function worstFirst(concerns: readonly Concern[]): Concern[] {
  return [...concerns].sort((a, b) => rank(a) - rank(b));
}

function concernsOfQueue(queue: Queue, now: number, isEverybody: boolean): Concern[] {
  const tasks = queueTasksPath(queue.name);
  const of = (state: TaskState, text: string, href: string, action: string): Concern => ({
    key: `${queue.name} ${state}`,
    state,
    queue: queue.name,
    text,
    href,
    action,
  });
  if (queue.unreadable)
    return [of("failed", `cannot be read: ${queue.unreadable}`, queuePath(queue.name), "Look")];
  const concerns: Concern[] = [];
  if (queue.expiredLeases > 0) {
    const [runs, them] = queue.expiredLeases === 1 ? ["run holds", "it"] : ["runs hold", "them"];
    concerns.push(
      of(
        "running",
        `${formatNumber(queue.expiredLeases)} ${runs} an expired lease; the next claim on this queue fails ${them}`,
        `${tasks}?state=running`,
        "Show running",
      ),
    );
  }
  const waited = queue.oldestReadyAt === null ? 0 : now - Date.parse(queue.oldestReadyAt);
  if (waited >= WAITS_MS) {
    const noWorker =
      isEverybody && queue.active.running === 0 ? " and nothing runs: is there a worker?" : "";
    concerns.push(
      of(
        "pending",
        `${plural(queue.ready, "task")} can run, the oldest has waited ${formatAge(waited)}${noWorker}`,
        `${tasks}?state=pending`,
        "Show pending",
      ),
    );
  } else if (queue.overdueSleepers > 0 && waited >= LATE_MS) {
    concerns.push(
      of(
        "sleeping",
        `${plural(queue.overdueSleepers, "sleeper")} past due and not yet claimed`,
        `${tasks}?state=sleeping`,
        "Show sleeping",
      ),
    );
  }
  return concerns;
}
