import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Window } from "@/lib/search-params/windows";
import { type AttemptCounts, countAttempts } from "./attempt-counts";
import { type LatencyRow, summarise } from "./latency";
import { readSample } from "./latency-sample";
import { readQueues } from "./registry";
import { timeGrid } from "./time-grid";
import type { Iso } from "./types";

/** How a queue fared over a window that ends now. */
export type QueueFigures = {
  window: Window;
  from: Iso;
  stepSeconds: number;
  /** Attempts by when a worker last picked them up, one number a bucket. */
  attempts: AttemptCounts;
  /** Of all its tasks together; `null` when none was spawned in the window. */
  latency: LatencyRow | null;
  /** By task name, the most tasks first, ten at most. */
  names: LatencyRow[];
  now: Iso;
};

const NAMES = 10;

/**
 * Attempts, queue wait and run time of one queue. Bounded by the window and, for waits and run times, by a sample.
 *
 * @throws ReadError what `readQueues` throws.
 */
export function getQueueFigures(
  queue: string,
  window: Window,
  options: ReadOptions = {},
): Promise<QueueFigures> {
  return readQueues([queue], options, async ({ db, now }) => {
    const grid = timeGrid(window, now);
    const counts = await countAttempts(db, [queue], grid);
    const tasks = await readSample(db, [queue], { from: grid.from, now });
    return {
      window,
      from: new Date(grid.from).toISOString(),
      stepSeconds: grid.step / 1_000,
      attempts: counts.get(queue) ?? { completed: [], failed: [], running: [] },
      latency: summarise(tasks, () => queue)[0] ?? null,
      names: summarise(tasks, (task) => task.name).slice(0, NAMES),
      now,
    };
  });
}
