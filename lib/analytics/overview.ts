import "server-only";
import { sql } from "drizzle-orm";
import { integer } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { AttemptCounts, Count } from "@/lib/model/count";
import { ATTEMPT_OUTCOMES } from "@/lib/model/count";
import { groupBy } from "@/lib/model/group-by";
import type { Iso } from "@/lib/model/instants";
import { uuidFloor } from "@/lib/model/key-range";
import type { UnreadableQueue } from "@/lib/model/queue";
import type { QueueFlow } from "@/lib/model/rows/flow";
import { workInTurns } from "@/lib/model/work/turns";
import type { Window } from "@/lib/search-params/windows";
import { countAttempts } from "./overview/attempts";
import { type SampledTask, sampleTasks, weightedQuantile } from "./overview/latency-sample";
import { toUnreadable, withQueues } from "./scope/registry";
import { timeGrid } from "./scope/time-grid";
import { combineClaims, listEndedClaims, listRunningClaims } from "./workers";

/**
 * Attempts over time by queue: one count per bucket, by when a worker last claimed the attempt. Running attempts
 * are counted separately, so that the newest buckets are not too low, only undecided.
 */
export type Throughput = {
  window: Window;
  /** The start of the first bucket; the others follow at this distance, and the last one contains `now`. */
  from: Iso;
  stepSeconds: number;
  queues: (AttemptCounts & { name: string })[];
  now: Iso;
  /** Queues that are registered but cannot be read, and are therefore missing. */
  unreadable: UnreadableQueue[];
};

/**
 * Completed, failed and running attempts over a window that ends now. Exact; with `tenant`, of their tasks.
 *
 * @throws ProblemError as `withQueues` does; `timed_out` if the window has too many attempts.
 */
export function getThroughput(
  window: Window,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<Throughput> {
  return withQueues([], options, async ({ db, now, queues, unreadable }) => {
    const grid = timeGrid(window, now);
    const names = queues.map((queue) => queue.name);
    const counts = await countAttempts(db, names, grid, ATTEMPT_OUTCOMES, tenant);
    return {
      window,
      from: new Date(grid.from).toISOString(),
      stepSeconds: grid.step / 1000,
      queues: names.flatMap((name) => {
        const found = counts.get(name);
        return found ? { name, ...found } : [];
      }),
      now,
      unreadable: unreadable.map(toUnreadable),
    };
  });
}

/** In milliseconds. */
export type Quantiles = { p50: number; p95: number };

/** How long the tasks of one queue, or of one name, waited and ran. */
export type LatencyRow = {
  name: string;
  /** Tasks spawned in the window. */
  tasks: Count;
  /** From the spawn to the first start; a task that still waits counts with its wait until now. */
  wait: Quantiles | null;
  /** The last attempt of ended tasks, from its last claim to its end. */
  run: Quantiles | null;
};

export type Latency = {
  window: Window;
  from: Iso;
  /** Most tasks first. */
  queues: LatencyRow[];
  /** By task name over all queues; at most forty, most tasks first. */
  names: LatencyRow[];
  /**
   * Size of the sample. Unless `complete`, it is spread evenly over the window, each task weighted by how many it
   * represents.
   */
  sampled: number;
  complete: boolean;
  now: Iso;
  unreadable: UnreadableQueue[];
};

const NAMES = 40;

/**
 * Queue wait and run time of the tasks spawned in a window that ends now. Small windows are read completely;
 * larger ones as a fixed number of tasks in slices of the primary key, so the cost doesn't grow with the tables.
 * With `tenant` only their tasks are read; for a small tenant that scans all tasks of the window.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function getLatency(
  window: Window,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<Latency> {
  return withQueues([], options, async ({ db, now, queues, unreadable }) => {
    const { from } = timeGrid(window, now);
    const names = queues.map((queue) => queue.name);
    const tasks = await sampleTasks(db, names, { from, now, tenant });
    return {
      window,
      from: new Date(from).toISOString(),
      queues: summarise(tasks, (task) => task.queue),
      names: summarise(tasks, (task) => task.name).slice(0, NAMES),
      sampled: tasks.length,
      complete: tasks.every((task) => task.weight === 1),
      now,
      unreadable: unreadable.map(toUnreadable),
    };
  });
}

/** One row per name, most tasks first. */
export function summarise(
  tasks: SampledTask[],
  nameOf: (task: SampledTask) => string,
): LatencyRow[] {
  return [...groupBy(tasks, nameOf)]
    .map(([name, group]) => ({
      name,
      tasks: countGroup(group),
      wait: computeQuantiles(group, (task) => task.waitMs),
      run: computeQuantiles(group, (task) => task.runMs),
    }))
    .sort((a, b) => b.tasks.value - a.tasks.value || (a.name < b.name ? -1 : 1));
}

function countGroup(group: SampledTask[]): Count {
  const value = Math.round(group.reduce((sum, task) => sum + task.weight, 0));
  return { value, precision: value === group.length ? "exact" : "estimated" };
}

function computeQuantiles(
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

/** Attempts, queue wait and run time of one queue over a window that ends now. */
export type QueueFigures = {
  throughput: Throughput;
  latency: Latency;
  /** Over the last five minutes, regardless of the window; `null` if only some tenants are read. */
  flow: QueueFlow | null;
  now: Iso;
};

/** The period that the flow covers, in milliseconds. */
const FLOW_MS = 300_000;
/** The maximum number of runs counted as arrived. */
const MOST_ARRIVED = 50_000;
const FLOW_WORKERS = 10;

/** What arrived in a queue and what was claimed from it in the last five minutes. */
async function getFlow(db: Database, queue: string, now: Iso): Promise<QueueFlow> {
  const since = Date.parse(now) - FLOW_MS;
  const from = new Date(since).toISOString();
  const { runs } = queueTables(queue);
  const [counted] = await query(
    db,
    { count: integer },
    sql`select count(*)::int as count from (
      select from ${runs} where ${runs.runId} >= ${uuidFloor(since)}::uuid limit ${MOST_ARRIVED + 1}::int
    ) arrived`,
  );
  const count = counted?.count ?? 0;
  const grid = { from: since, step: FLOW_MS + 60_000, buckets: 1 };
  const attempts = (await countAttempts(db, [queue], grid, ATTEMPT_OUTCOMES)).get(queue);
  const running = await listRunningClaims(db, [queue], now);
  const { ended } = await listEndedClaims(db, [queue], from);
  const workers = (await workInTurns(combineClaims(running, ended)))
    .map(({ name, running, completed, failed }) => ({ name, running, ended: completed + failed }))
    .sort((a, b) => b.running + b.ended - a.running - a.ended || (a.name < b.name ? -1 : 1));
  return {
    from,
    arrived: {
      value: Math.min(count, MOST_ARRIVED),
      precision: count > MOST_ARRIVED ? "capped" : "exact",
    },
    claimed: ATTEMPT_OUTCOMES.reduce((sum, outcome) => sum + (attempts?.[outcome][0] ?? 0), 0),
    workers: workers.slice(0, FLOW_WORKERS),
    hiddenWorkers: Math.max(workers.length - FLOW_WORKERS, 0),
  };
}

/**
 * Attempts, queue wait and run time of one queue, as the overview shows them for all. Bounded by the window and,
 * for waits and run times, by a sample. With `tenant`, of their tasks.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function getQueueFigures(
  queue: string,
  window: Window,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<QueueFigures> {
  return withQueues([queue], options, async ({ db, now }) => {
    const grid = timeGrid(window, now);
    const counts = (await countAttempts(db, [queue], grid, ATTEMPT_OUTCOMES, tenant)).get(queue);
    const tasks = await sampleTasks(db, [queue], { from: grid.from, now, tenant });
    const isWhole = tenant.length === 0 && getTenants(queue) === null;
    const flow = isWhole ? await getFlow(db, queue, now) : null;
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
      flow,
      now,
    };
  });
}
