import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Count } from "@/lib/model/count";
import type { Iso } from "@/lib/model/instants";
import type { Window } from "@/lib/search-params/windows";
import { groupBy } from "./group-by";
import { readSample, type SampledTask } from "./latency-sample";
import { readQueues } from "./registry";
import { timeGrid } from "./time-grid";
import { weightedQuantile } from "./weighted-quantile";

/** In milliseconds. */
export type Quantiles = { p50: number; p95: number };

/** How long the tasks of one queue, or of one name, waited and ran. */
export type LatencyRow = {
  name: string;
  /** Tasks spawned in the window. */
  tasks: Count;
  /** From the spawn to the first start; a task that still waits counts with its wait so far. */
  wait: Quantiles | null;
  /** The last attempt of ended tasks, from when a worker last picked it up to its end. */
  run: Quantiles | null;
};

export type Latency = {
  window: Window;
  from: Iso;
  /** The most tasks first. */
  queues: LatencyRow[];
  /** By task name over all queues; at most forty, the most tasks first. */
  names: LatencyRow[];
  /** Tasks read. Without `complete` they are a sample, spread evenly over the window and weighted by how many each stands for. */
  sampled: number;
  complete: boolean;
  now: Iso;
  unreadable: string[];
};

const NAMES = 40;

/**
 * Queue wait and run time of the tasks spawned in a window that ends now. Small windows are read whole; of larger ones
 * a fixed number of tasks in slices of the primary key, so the cost does not grow with the tables. With tenants only
 * their tasks are read; of one that has few, all tasks of the window are passed by to find them.
 *
 * @throws ReadError what `readQueues` throws.
 */
export function getLatency(
  window: Window,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<Latency> {
  return readQueues([], options, async ({ db, now, queues, unreadable }) => {
    const { from } = timeGrid(window, now);
    const names = queues.map((queue) => queue.name);
    const tasks = await readSample(db, names, { from, now, tenant });
    return {
      window,
      from: new Date(from).toISOString(),
      queues: summarise(tasks, (task) => task.queue),
      names: summarise(tasks, (task) => task.name).slice(0, NAMES),
      sampled: tasks.length,
      complete: tasks.every((task) => task.weight === 1),
      now,
      unreadable: unreadable.map((queue) => queue.name),
    };
  });
}

/** One row a name, the most tasks first. */
export function summarise(
  tasks: SampledTask[],
  nameOf: (task: SampledTask) => string,
): LatencyRow[] {
  return [...groupBy(tasks, nameOf)]
    .map(([name, group]) => ({
      name,
      tasks: countOf(group),
      wait: quantilesOf(group, (task) => task.waitMs),
      run: quantilesOf(group, (task) => task.runMs),
    }))
    .sort((a, b) => b.tasks.value - a.tasks.value || (a.name < b.name ? -1 : 1));
}

function countOf(group: SampledTask[]): Count {
  const value = Math.round(group.reduce((sum, task) => sum + task.weight, 0));
  return { value, precision: value === group.length ? "exact" : "estimated" };
}

function quantilesOf(
  group: SampledTask[],
  measure: (task: SampledTask) => number | null,
): Quantiles | null {
  const values = group
    .flatMap((task) => {
      const value = measure(task);
      return value === null ? [] : { value: Math.max(value, 0), weight: task.weight };
    })
    .sort((a, b) => a.value - b.value);
  const p50 = weightedQuantile(values, 0.5);
  const p95 = weightedQuantile(values, 0.95);
  return p50 === null || p95 === null ? null : { p50, p95 };
}
