/**
 * `npm run bench:bulk`: tasks per second of each bulk action without a rate limit, on its own server with production
 * durability. Exits with 1 if cancel or retry is below 1,000 tasks/s.
 */
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { createJob } from "@/lib/bulk/job";
import { workThrough } from "@/lib/bulk/work";
import { migrate } from "@/lib/db/migrate";
import { closePools, getWritePool } from "@/lib/db/pools";
import type { BulkAction } from "@/lib/model/rows/bulk";
import { serializeTaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";

const TASKS = Number(process.env.BENCH_TASKS ?? 10_000);
const TARGETS: Partial<Record<BulkAction, number>> = { cancel: 1_000, retry: 1_000 };

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
    if (rate < (TARGETS[action] ?? 0)) process.exitCode = 1;
    const seconds = (ms: number) => (ms / 1_000).toFixed(1);
    console.log(
      `| ${action} | ${Math.round(rate)} | ${seconds(collectedAt - started)} | ${seconds(ended - collectedAt)} |`,
    );
  }
} finally {
  await client.end();
  await closePools();
  await server.stop();
}
