/**
 * `npm run bench:bulk`: tasks per second of each bulk action without a rate limit, and rows per second of an export, on
 * its own server with production durability. Exits with 1 if cancel or retry is below 1,000 tasks/s, an export is below
 * 20,000 rows/s, or its memory grows with its rows.
 */
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Client } from "pg";
import { getSlowness } from "@/bench/console/measure";
import { createIdFunction, loadFinishedTasks } from "@/bench/engine/load";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { exportTasks } from "@/lib/analytics/export";
import { createJob } from "@/lib/bulk/job";
import { workThrough } from "@/lib/bulk/work";
import { migrate } from "@/lib/db/migrate";
import { closePools, getWritePool } from "@/lib/db/pools";
import { assumeViewer, UNRESTRICTED } from "@/lib/db/viewer";
import type { BulkAction } from "@/lib/model/rows/bulk";
import { exportLine } from "@/lib/query/tasks-export";
import { serializeTaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";

const TASKS = Number(process.env.BENCH_TASKS ?? 10_000);
const TARGETS: Partial<Record<BulkAction, number>> = { cancel: 1_000, retry: 1_000 };

/** Rows of an export, the least rows per second, and the most megabytes that it may keep after its first tenth. */
const EXPORT = { rows: 200_000, perSecond: 20_000, kept: 8 };

const directory = path.resolve(".cache/bench-bulk");
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
const server = await startEmbeddedPostgres({
  directory,
  settings: {
    shared_buffers: "512MB",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
  },
});
process.env.DATABASE_URL = server.url("postgres");
const client = new Client({ connectionString: server.url("postgres") });
await client.connect();

/** Statements that bring all tasks of the queue into the state that the action requires. */
const PREPARE: readonly [BulkAction, statement: string][] = [
  ["retry", "update absurd.t_q set state = 'failed'; update absurd.r_q set state = 'failed'"],
  [
    "run-now",
    `update absurd.r_q set state = 'sleeping', available_at = now() + interval '1 h' where state = 'pending';
     update absurd.t_q set state = 'sleeping'`,
  ],
  ["cancel", ""],
  ["run-again", ""],
];

try {
  assumeViewer(UNRESTRICTED);
  await migrate(client, "engine");
  await migrate(client, "dashboard");
  await client.query("select absurd.create_queue('q')");
  await client.query(
    `select absurd.spawn_task('q', 'charge-card', jsonb_build_object('n', n))
       from generate_series(1, $1::int) as n`,
    [TASKS],
  );
  console.log(`\n| Action, ${TASKS} tasks | tasks/s | collecting s | acting s |`);
  console.log("|---|--:|--:|--:|");
  for (const [action, statement] of PREPARE) {
    if (statement) await client.query(statement);
    await client.query("vacuum analyze");
    const before = new Date(Date.now() + 60_000).toISOString();
    const bulkId = await createJob(client, {
      action,
      options: {},
      operator: "bench",
      perSecond: null,
      filters: serializeTaskFilters(taskFilters({ queue: ["q"], before })),
    });
    const started = performance.now();
    let collectedAt = started;
    const watcher = new Client({ connectionString: server.url("postgres") });
    await watcher.connect();
    const collecting = (async () => {
      const statement = "select state from absurd_dashboard.bulk_job where bulk_id = $1";
      while ((await watcher.query(statement, [bulkId])).rows[0]?.state === "collecting")
        collectedAt = performance.now();
      await watcher.end();
    })();
    await workThrough(getWritePool(), new AbortController().signal);
    const ended = performance.now();
    await collecting;
    const { rows } = await client.query(
      "select done::int, skipped::int, failed::int from absurd_dashboard.bulk_job where bulk_id = $1",
      [bulkId],
    );
    if (rows[0].done !== TASKS) throw new Error(`${action}: ${JSON.stringify(rows[0])}`);
    const rate = (TASKS * 1_000) / (ended - collectedAt);
    if (rate < (TARGETS[action] ?? 0) / getSlowness()) process.exitCode = 1;
    const seconds = (ms: number) => (ms / 1_000).toFixed(1);
    console.log(
      `| ${action} | ${Math.round(rate)} | ${seconds(collectedAt - started)} | ${seconds(ended - collectedAt)} |`,
    );
  }
  await createIdFunction(client);
  await loadFinishedTasks(client, "history", EXPORT.rows);
  console.log(`\n| Export, ${EXPORT.rows} tasks | rows/s | MB/s | MB kept |\n|---|--:|--:|--:|`);
  for (const format of ["ndjson", "csv"] as const) await benchExport(format);
} finally {
  await client.end();
  await closePools();
  await server.stop();
}

/** Reads and formats all rows page by page, as the route does. */
async function benchExport(format: "ndjson" | "csv") {
  const filters = taskFilters({ queue: ["history"], limit: EXPORT.rows });
  const started = performance.now();
  let [rows, bytes, before, collecting] = [0, 0, 0, 0];
  for await (const page of exportTasks(filters)) {
    bytes += Buffer.byteLength(page.map((task) => exportLine(format, [], task)).join(""));
    rows += page.length;
    if (before > 0 || rows < EXPORT.rows / 10) continue;
    const begun = performance.now();
    before = countKept();
    collecting = performance.now() - begun;
  }
  const seconds = (performance.now() - started - collecting) / 1_000;
  if (rows !== EXPORT.rows) throw new Error(`${format}: ${rows} rows`);
  const kept = countKept() - before;
  if (rows / seconds < EXPORT.perSecond / getSlowness() || kept > EXPORT.kept) process.exitCode = 1;
  console.log(
    `| ${format} | ${Math.round(rows / seconds)} | ${(bytes / seconds / 1e6).toFixed(1)} | ${kept.toFixed(1)} |`,
  );
}

/** Megabytes of the heap that are in use after a collection. */
function countKept(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed / 1_048_576;
}
