/**
 * `npm run bench:queues [-- --tasks 500000 --queues 500 --partitioned 20]`: what the pages of all queues cost with
 * hundreds of queues, on its own server whose data is kept for the next run. Exits with 1 if the list takes more than 15
 * ms or the overview more than 150 ms (p50), or if one statement reads tables of all queues.
 *
 * `--tasks 50000000` is the largest shape: it needs about 90 GB and more than an hour to load.
 */
import path from "node:path";
import { Command } from "commander";
import { pointPoolsAt } from "@/bench/console/context";
import { measure } from "@/bench/console/measure";
import { connect, startServer } from "@/bench/console/server";
import { listEvents } from "@/lib/analytics/events";
import { listFailures } from "@/lib/analytics/failures";
import { getLatency, getThroughput } from "@/lib/analytics/overview";
import { listQueues } from "@/lib/analytics/queues";
import { getTask } from "@/lib/analytics/task";
import { listTasks } from "@/lib/analytics/tasks";
import { listWorkers } from "@/lib/analytics/workers";
import { closePools } from "@/lib/db/pools";
import { assumeViewer, UNRESTRICTED } from "@/lib/db/viewer";
import { eventFilters } from "@/lib/search-params/events";
import { taskFilters } from "@/lib/search-params/tasks/filters";
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

async function benchReads(now: number) {
  const { rows } = await listTasks(taskFilters());
  const [task] = rows;
  if (!task) throw new Error("no tasks");
  const reads: { title: string; limit?: number; run: () => Promise<unknown> }[] = [
    { title: "newest tasks", limit: 15, run: () => listTasks(taskFilters()) },
    {
      title: "tasks 20 days ago",
      limit: 15,
      run: () => listTasks(taskFilters({ before: new Date(now - 20 * 86_400_000).toISOString() })),
    },
    { title: "failed tasks", run: () => listTasks(taskFilters({ state: ["failed"] })) },
    { title: "pending tasks", run: () => listTasks(taskFilters({ state: ["pending"] })) },
    { title: "one task", run: () => getTask(task.queue, task.taskId) },
    {
      title: "overview of 24 hours",
      limit: 150,
      run: () => Promise.all([getThroughput("24h"), getLatency("24h")]),
    },
    { title: "queues", run: () => listQueues() },
    { title: "failures of 24 hours", run: () => listFailures(failureFilters()) },
    { title: "workers of 24 hours", run: () => listWorkers("24h") },
    { title: "events", run: () => listEvents(eventFilters()) },
  ];
  console.log("\n| Read | p50 ms | p95 | limit | statements | most tables of one | pages |");
  console.log("|---|--:|--:|--:|--:|--:|--:|");
  for (const { title, limit, run } of reads) {
    note(title);
    let problem: string | undefined;
    const statements = await recordStatements(() =>
      run().catch((error: Error) => {
        problem = error.message;
      }),
    );
    if (problem !== undefined) {
      console.log(`| ${title} | ${problem} | | ${limit ?? ""} | ${statements.length} | | |`);
      process.exitCode = 1;
      continue;
    }
    const { p50, p95 } = await measure(run, { calls: 40, milliseconds: 5_000 });
    const plans = await explainStatements(statements);
    // Tables whose rows were read; an index-only scan of pages that are all visible reads none.
    const tables = plans.map(
      (plan) =>
        new Set(
          flattenPlan(plan).flatMap((node) => {
            const table = node["Relation Name"] ?? "";
            const isRead = node["Node Type"] !== "Index Only Scan" && node["Actual Loops"] > 0;
            return isRead && /^[trcew]_/.test(table) ? [table] : [];
          }),
        ).size,
    );
    const pages = plans.reduce(
      (sum, plan) => sum + plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
      0,
    );
    const most = Math.max(0, ...tables);
    console.log(
      `| ${title} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${limit ?? ""} | ${statements.length} | ${most} | ${pages} |`,
    );
    if (limit && p50 > limit) process.exitCode = 1;
  }
}
