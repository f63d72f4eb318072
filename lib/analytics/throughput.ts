import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import type { Window } from "@/lib/search-params/windows";
import { ATTEMPT_STATES, type AttemptCounts, countAttempts } from "./attempt-counts";
import { readQueues } from "./registry";
import { timeGrid } from "./time-grid";

/**
 * Attempts over time, queue by queue: one number a bucket, by when a worker last picked the attempt up. What is still
 * running shows apart, so the newest buckets are not too low, only not decided yet.
 */
export type Throughput = {
  window: Window;
  /** The beginning of the first bucket; the others follow at this distance, the last one holds `now`. */
  from: Iso;
  stepSeconds: number;
  queues: (AttemptCounts & { name: string })[];
  now: Iso;
  /** Queues that are registered but cannot be read, and are therefore missing. */
  unreadable: string[];
};

/**
 * How many attempts completed, failed or still run, over a window that ends now. Exact; with tenants, of their tasks.
 *
 * @throws ReadError what `readQueues` throws; `timed_out` when there are too many attempts in the window.
 */
export function getThroughput(
  window: Window,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<Throughput> {
  return readQueues([], options, async ({ db, now, queues, unreadable }) => {
    const grid = timeGrid(window, now);
    const names = queues.map((queue) => queue.name);
    const counts = await countAttempts(db, names, grid, ATTEMPT_STATES, tenant);
    return {
      window,
      from: new Date(grid.from).toISOString(),
      stepSeconds: grid.step / 1000,
      queues: names.flatMap((name) => {
        const found = counts.get(name);
        return found ? { name, ...found } : [];
      }),
      now,
      unreadable: unreadable.map((queue) => queue.name),
    };
  });
}
