/**
 * `npm run bench:queues [-- --tasks 500000 --queues 500 --partitioned 20]`: what the pages of all queues cost with
 * hundreds of queues, on its own server whose data is kept for the next run. Exits with 1 if a list or a task takes more
 * than 15 ms, a filter by state or the events more than 100, or a page waits for figures for more than 150 (p50, by more
 * than a quarter), or if the statements of a list read rows of more queues than a page has rows. Also measures the production
 * build: lists over HTTP, and how long the first page after a while takes, which has no figures to show.
 *
 * `--tasks 50000000` is the largest shape: it needs 32 GB and about an hour to load.
 */
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { pointPoolsAt } from "@/bench/console/context";
import { getSlowness, measure } from "@/bench/console/measure";
import { type OpenedPage, openPage } from "@/bench/console/pages";
import { reportTargets } from "@/bench/console/report";
import { connect, serveBuild, startServer } from "@/bench/console/server";
import { measureTargets } from "@/bench/console/targets";
import { listEvents } from "@/lib/analytics/events";
import { listFailures } from "@/lib/analytics/failures";
import { findById } from "@/lib/analytics/find";
import { getLatency, getThroughput } from "@/lib/analytics/overview";
import { getQueue, listQueues } from "@/lib/analytics/queues";
import { getTask } from "@/lib/analytics/task";
import { listTasks } from "@/lib/analytics/tasks";
import { listWorkers } from "@/lib/analytics/workers";
import { closePools } from "@/lib/db/pools";
import { assumeViewer, UNRESTRICTED } from "@/lib/db/viewer";
import { readings } from "@/lib/live/readings";
import { eventFilters } from "@/lib/search-params/events";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { parseTaskQuery } from "@/lib/search-params/tasks/query";
import { failureFilters } from "@/lib/search-params/windows";
import { explainStatements, flattenPlan, recordStatements } from "@/testing/statements";
import { LOADING, loadQueues } from "./load";

const options = new Command("npm run bench:queues --")
  .option("--tasks <number>", "over all queues", Number, 500_000)
  .option("--queues <number>", "how many queues", Number, 500)
  .option("--partitioned <number>", "how many of them are partitioned", Number, 20)
  .option("--directory <path>", "where the data is kept", ".cache/bench-queues")
  .parse()
  .opts<{ tasks: number; queues: number; partitioned: number; directory: string }>();

/** How much longer than its limit a read may take, on a machine in use. */
const TOLERANCE = 1.25;

/** How long a page may wait for figures over all queues, in milliseconds. */
const WAIT = 150;

/** How long a list or a task may take, in milliseconds. */
const LIST = 15;

/** How long the first page of a search without an index may take, in milliseconds. */
const SEARCH = 250;

/** After this time, in milliseconds, a shared result is read again when it is requested. */
const DUE = 2_500;

/** After this time, in milliseconds, figures that nobody requested are dropped. */
const DROPPED = 17_000;

/** The pages of figures over all queues. */
const FIGURES = ["/", "/queues", "/failures", "/workers"];

/** A page of tasks has 50 rows and one more, each of another queue at most. */
const MOST_QUEUES = 51;

const database = `queues_${options.queues}_${options.tasks}`;
const note = (line: string) => process.stderr.write(`${line}\n`);
const directory = path.resolve(options.directory);
await loadMissing();
const server = await startServer(directory);
try {
  const now = await describe();
  await pointPoolsAt(server.url(database));
  assumeViewer(UNRESTRICTED);
  await benchReads(now);
  await serveBuild(server.url(database), async (url) => {
    await benchTargets(url, now);
    await benchFirstPages(url);
  });
} finally {
  await closePools();
  await server.stop();
}

/** Loads the data unless it is loaded. */
async function loadMissing(): Promise<void> {
  const server = await startServer(directory, LOADING);
  try {
    const maintenance = await connect(server, "postgres");
    const known = await maintenance.query("select from pg_database where datname = $1", [database]);
    if (!known.rowCount) {
      const started = Date.now();
      // An interrupted load is never used as a data set.
      await maintenance.query("drop database if exists loading");
      await maintenance.query("create database loading");
      await loadQueues(server, "loading", options, note);
      await maintenance.query(`alter database loading rename to ${database}`);
      note(`loaded in ${Math.round((Date.now() - started) / 1_000)} s`);
    }
    await maintenance.end();
  } finally {
    await server.stop();
  }
}

function parseFilters(words: string): TaskFilters {
  return taskFilters(parseTaskQuery(words).query);
}

/** Prints the size of the data; returns the instant at which the engine's clock is fixed, in milliseconds. */
async function describe(): Promise<number> {
  const client = await connect(server, database);
  const { rows } = await client.query(
    "select absurd.current_time() as now, pg_size_pretty(pg_database_size(current_database())) as size",
  );
  await client.end();
  console.log(`\n${options.tasks} tasks in ${options.queues} queues, ${rows[0].size}`);
  return new Date(rows[0].now).getTime();
}

/** A query, and the same as pages receive it. */
type Read = {
  title: string;
  /** In milliseconds (p50). */
  limit?: number;
  /** Whether its statements together read rows of as many queues as a page has rows, at most. */
  isNarrow?: boolean;
  run: () => Promise<unknown>;
  shared?: () => Promise<unknown>;
};

async function benchReads(now: number) {
  const { rows } = await listTasks(taskFilters());
  const [task] = rows;
  if (!task) throw new Error("no tasks");
  const reads: Read[] = [
    { title: "newest tasks", limit: LIST, isNarrow: true, run: () => listTasks(taskFilters()) },
    {
      title: "tasks 20 days ago",
      limit: LIST,
      isNarrow: true,
      run: () => listTasks(taskFilters({ before: new Date(now - 20 * 86_400_000).toISOString() })),
    },
    {
      title: "tasks of one queue",
      limit: LIST,
      isNarrow: true,
      run: () => listTasks(taskFilters({ queue: [task.queue] })),
    },
    { title: "failed tasks", limit: 100, run: () => listTasks(taskFilters({ state: ["failed"] })) },
    {
      title: "pending tasks",
      limit: 100,
      run: () => listTasks(taskFilters({ state: ["pending"] })),
    },
    { title: "a value in params", limit: 100, run: () => listTasks(parseFilters("params.n>5")) },
    {
      title: "tasks of a worker",
      limit: 100,
      run: () => listTasks(parseFilters("worker:worker-3")),
    },
    { title: "an error", limit: SEARCH, run: () => listTasks(parseFilters("error:gave")) },
    { title: "an unknown name", limit: SEARCH, run: () => listTasks(parseFilters("name:nobody")) },
    { title: "one task", limit: LIST, isNarrow: true, run: () => getTask(task.queue, task.taskId) },
    { title: "one queue", run: () => getQueue(task.queue) },
    { title: "a task by its id", run: () => findById(task.taskId) },
    {
      title: "overview of 24 hours",
      run: () => Promise.all([getThroughput("24h"), getLatency("24h")]),
      shared: () =>
        Promise.all([
          readings.throughput(undefined, { range: "24h", tenant: [] }),
          readings.latency(undefined, { range: "24h", tenant: [] }),
        ]),
    },
    { title: "queues", run: () => listQueues(), shared: () => readings.queues(undefined, []) },
    {
      title: "failures of 24 hours",
      run: () => listFailures(failureFilters()),
      shared: () => readings.failures(undefined, failureFilters()),
    },
    {
      title: "workers of 24 hours",
      run: () => listWorkers("24h"),
      shared: () => readings.workers(undefined, { range: "24h", tenant: [] }),
    },
    { title: "events", limit: 100, run: () => listEvents(eventFilters()) },
  ];
  console.log("\n| Read | p50 ms | p95 | limit | wait | limit | statements | queues | pages |");
  console.log("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
  for (const { title, limit: planned, isNarrow, run, shared } of reads) {
    note(title);
    const limit = planned && planned * getSlowness();
    let problem: string | undefined;
    const statements = await recordStatements(() =>
      run().catch((error: Error) => {
        problem = error.message;
      }),
    );
    if (problem !== undefined) {
      console.log(`| ${title} | ${problem} | | | | | ${statements.length} | | |`);
      process.exitCode = 1;
      continue;
    }
    const { p50, p95 } = await measure(run, { calls: 40, milliseconds: 5_000 });
    const wait = shared && (await measureWait(shared));
    const plans = await explainStatements(statements);
    // Task tables of which rows were read; an index-only scan of pages that are all visible reads none.
    const tables = new Set(
      plans.flatMap(flattenPlan).flatMap((node) => {
        const table = node["Relation Name"] ?? "";
        const rows = node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0);
        const isRead = node["Node Type"] !== "Index Only Scan" && node["Actual Loops"] * rows > 0;
        // A partition is named after its queue and its week.
        const [queue] = /^t_q_\d+/.exec(table) ?? [];
        return isRead && queue ? [queue] : [];
      }),
    );
    const pages = plans.reduce(
      (sum, plan) => sum + plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
      0,
    );
    console.log(
      `| ${title} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${limit?.toFixed(0) ?? ""} | ${wait?.toFixed(1) ?? ""} | ${shared ? WAIT : ""} | ${statements.length} | ${tables.size} | ${pages} |`,
    );
    const isSlow = (limit && p50 > limit * TOLERANCE) || (wait && wait > WAIT * TOLERANCE);
    if (isSlow || (isNarrow && tables.size > MOST_QUEUES)) process.exitCode = 1;
  }
}

/** How long a page waits for a result that it shares, in milliseconds: the median of calls after the result is due again. */
async function measureWait(call: () => Promise<unknown>): Promise<number> {
  await call();
  const { p50 } = await measure(call, {
    calls: 6,
    milliseconds: 60_000,
    before: () => pause(DUE),
  });
  return p50;
}

/** Lists over HTTP, with the console's rules for targets. */
async function benchTargets(url: string, now: number) {
  note("lists over HTTP");
  const before = new Date(now - 20 * 86_400_000).toISOString();
  const targets = [
    { title: "newest tasks", path: () => "/api/tasks", ms: LIST },
    { title: "tasks 20 days ago", path: () => `/api/tasks?before=${before}`, ms: LIST },
  ];
  const measured = await measureTargets(url, targets);
  console.log(`\n${reportTargets("over HTTP", measured)}`);
  if (measured.results.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

/** The pages of figures, each when no figures are known; of three tries, the fastest counts. */
async function benchFirstPages(url: string) {
  console.log("\n| First page | whole HTML ms | limit | with its figures ms |");
  console.log("|---|--:|--:|--:|");
  for (const page of FIGURES) {
    note(`first page: ${page}`);
    // The first request of a page loads its code.
    await openPage(url, page);
    const tries: OpenedPage[] = [];
    while (tries.length < 3) {
      await pause(DROPPED);
      tries.push(await openPage(url, page));
    }
    tries.sort((a, b) => a.milliseconds - b.milliseconds);
    const [fastest] = tries;
    if (!fastest) throw new Error("no try");
    const { milliseconds, complete, slowness } = fastest;
    const limit = WAIT * slowness;
    console.log(
      `| ${page} | ${milliseconds.toFixed(0)} | ${limit.toFixed(0)} | ${complete.toFixed(0)} |`,
    );
    if (milliseconds > limit * TOLERANCE) process.exitCode = 1;
  }
}
