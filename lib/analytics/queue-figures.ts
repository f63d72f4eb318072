import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import type { Window } from "@/lib/search-params/windows";
import { ATTEMPT_STATES, countAttempts } from "./attempt-counts";
import { type Latency, summarise } from "./latency";
import { readSample } from "./latency-sample";
import { readQueues } from "./registry";
import type { Throughput } from "./throughput";
import { timeGrid } from "./time-grid";

/** How a queue fared over a window that ends now: what the overview shows of all queues, of this one alone. */
export type QueueFigures = { throughput: Throughput; latency: Latency; now: Iso };

const NAMES = 40;

/**
 * Attempts, queue wait and run time of one queue, of some tenants or of all. Bounded by the window and, for waits and run times, by a sample.
 *
 * @throws ReadError what `readQueues` throws.
 */
export function getQueueFigures(
  queue: string,
  window: Window,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<QueueFigures> {
  return readQueues([queue], options, async ({ db, now }) => {
    const grid = timeGrid(window, now);
    const counts = (await countAttempts(db, [queue], grid, ATTEMPT_STATES, tenant)).get(queue);
    const tasks = await readSample(db, [queue], { from: grid.from, now, tenant });
    const about = { window, from: new Date(grid.from).toISOString(), now, unreadable: [] };
    return {
      throughput: {
        ...about,
        stepSeconds: grid.step / 1_000,
        queues: counts ? [{ name: queue, ...counts }] : [],
      },
      latency: {
        ...about,
        queues: summarise(tasks, (task) => task.queue),
        names: summarise(tasks, (task) => task.name).slice(0, NAMES),
        sampled: tasks.length,
        complete: tasks.every((task) => task.weight === 1),
      },
      now,
    };
  });
}
