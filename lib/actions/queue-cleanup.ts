import type { Queryable } from "@/lib/absurd/connection/queryable";
import { cleanupEvents, cleanupTasks } from "@/lib/absurd/queues/cleanup";

/** Rows a batch: the engine's default. Small batches keep what each statement locks short. */
const BATCH = 1_000;

/** What was deleted, and whether nothing more is to be. */
export type Cleanup = { tasksDeleted: number; eventsDeleted: number; done: boolean };

/** Runs batches of the engine's cleanup, of tasks before events, until nothing is left or the time is up. */
export async function cleanUpFor(
  db: Queryable,
  queue: string,
  what: { ttlSeconds: number; tasks: boolean; events: boolean },
  milliseconds: number,
): Promise<Cleanup> {
  const end = performance.now() + milliseconds;
  const drain = async (wanted: boolean, clean: typeof cleanupTasks) => {
    for (let deleted = 0, batch = BATCH; ; ) {
      if (!wanted || batch < BATCH) return { deleted, done: true };
      if (performance.now() >= end) return { deleted, done: false };
      batch = await clean(db, queue, { ttlSeconds: what.ttlSeconds, limit: BATCH });
      deleted += batch;
    }
  };
  const tasks = await drain(what.tasks, cleanupTasks);
  const events = await drain(what.events, cleanupEvents);
  return {
    tasksDeleted: tasks.deleted,
    eventsDeleted: events.deleted,
    done: tasks.done && events.done,
  };
}
