import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import type { BulkAction } from "@/lib/model/rows/bulk";
import { serializeTaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { openTestDatabase } from "@/testing/dashboard-database";
import { startPgBouncer } from "@/testing/installed/pgbouncer";
import { createJob } from "./job";
import { fixWindow } from "./selection";

const TASKS = process.env.ABSURD_LONG ? 20_000 : 500;
const KILLS = 3;
const database = openTestDatabase();
const children: ChildProcess[] = [];

beforeAll(() => createQueue(database.pool, "orders"));
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
});

async function startRunner(url = database.url): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ["--conditions=react-server", "--import", "tsx", "testing/bulk-runner.ts"],
    {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: { ...process.env, DATABASE_URL: url },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  children.push(child);
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function value<T = number>(statement: string, values: unknown[] = []): Promise<T> {
  const { rows } = await database.pool.query(statement, values);
  return Object.values(rows[0])[0] as T;
}

const settled = (bulkId: string) =>
  value(`select (done + skipped + failed)::int from absurd_dashboard.bulk_job where bulk_id = $1`, [
    bulkId,
  ]);
const stateOf = (bulkId: string) =>
  value<string>("select state from absurd_dashboard.bulk_job where bulk_id = $1", [bulkId]);

/** Stores an operation as the action does. Returns its id. */
async function start(action: BulkAction, state: "pending" | "failed"): Promise<string> {
  const now = new Date(Date.now() + 1_000).toISOString();
  const filters = fixWindow(taskFilters({ queue: ["orders"], state: [state] }), now);
  return createJob(database.pool, {
    action,
    options: {},
    operator: "ada",
    perSecond: null,
    filters: serializeTaskFilters(filters),
  });
}

/** Runs it to the end with runners that are repeatedly killed halfway. */
async function surviveKills(bulkId: string, url = database.url): Promise<void> {
  for (let round = 1; round <= KILLS; round++) {
    const runner = await startRunner(url);
    const enough = Math.floor((TASKS * round) / (KILLS + 1));
    await expect
      .poll(() => settled(bulkId), { timeout: 300_000, interval: 5 })
      .toBeGreaterThan(enough);
    await kill(runner);
    const at = await settled(bulkId);
    expect(at).toBeLessThan(TASKS);
    expect(await stateOf(bulkId)).toBe("running");
  }
  const last = await startRunner(url);
  await expect.poll(() => stateOf(bulkId), { timeout: 600_000 }).toBe("done");
  await kill(last);
}

/** Every task has one `done` item and one entry in the audit log. */
async function expectEachOnce(bulkId: string): Promise<void> {
  const items = "select count(*)::int from absurd_dashboard.bulk_item where bulk_id = $1";
  expect(await value(`${items} and outcome = 'done'`, [bulkId])).toBe(TASKS);
  expect(await value(items, [bulkId])).toBe(TASKS);
  const entries = `from absurd_dashboard.audit_entry
    where bulk_id = $1 and outcome = 'done' and operator = 'ada'`;
  expect(await value(`select count(*)::int ${entries}`, [bulkId])).toBe(TASKS);
  expect(await value(`select count(distinct task_id)::int ${entries}`, [bulkId])).toBe(TASKS);
  expect(await settled(bulkId)).toBe(TASKS);
}

test(`${TASKS} tasks are each retried, run again and cancelled exactly once although runners are killed`, {
  timeout: 1_800_000,
}, async () => {
  await database.pool.query(
    `select absurd.spawn_task('orders', 'work', to_jsonb(n), '{"max_attempts": 1}')
         from generate_series(1, ${TASKS}::int) as n`,
  );
  await database.pool.query(
    `update absurd.r_orders set state = 'failed', failed_at = now();
       update absurd.t_orders set state = 'failed'`,
  );

  const retried = await start("retry", "failed");
  await surviveKills(retried);
  await expectEachOnce(retried);
  // Once each: a second retry of the same task would have made a third attempt.
  expect(await value("select count(*)::int from absurd.r_orders")).toBe(2 * TASKS);
  expect(await value("select count(*)::int from absurd.t_orders where attempts = 2")).toBe(TASKS);

  const cancelled = await start("cancel", "pending");
  await surviveKills(cancelled);
  await expectEachOnce(cancelled);
  expect(await value("select count(*)::int from absurd.t_orders where state = 'cancelled'")).toBe(
    TASKS,
  );

  const again = await createJob(database.pool, {
    action: "run-again",
    options: {},
    operator: "ada",
    perSecond: null,
    filters: serializeTaskFilters(
      fixWindow(taskFilters({ queue: ["orders"] }), new Date(Date.now() + 1_000).toISOString()),
    ),
  });
  await surviveKills(again);
  await expectEachOnce(again);
  expect(await value("select count(*)::int from absurd.t_orders")).toBe(2 * TASKS);
  expect(
    await value(`select count(distinct headers ->> 'spawned_from')::int from absurd.t_orders`),
  ).toBe(TASKS);
});

test("two runners share an operation at its rate, and one continues when the other is killed", async () => {
  await database.pool.query(
    `select absurd.spawn_task('orders', 'fresh', 'null') from generate_series(1, 200)`,
  );
  const [first, second] = [await startRunner(), await startRunner()];
  const bulkId = await createJob(database.pool, {
    action: "cancel",
    options: {},
    operator: "ada",
    perSecond: 100,
    filters: serializeTaskFilters(taskFilters({ queue: ["orders"], name: ["fresh"] })),
  });
  await expect.poll(() => settled(bulkId), { timeout: 30_000 }).toBeGreaterThan(20);
  await kill(first);
  await expect.poll(() => stateOf(bulkId), { timeout: 30_000 }).toBe("done");
  await kill(second);
  expect(await settled(bulkId)).toBe(200);
  // At 100 a second, except for the first batch and the ten tasks that may be caught up on.
  const seconds = "select extract(epoch from max(at) - min(at))::float8";
  expect(
    await value(`${seconds} from absurd_dashboard.bulk_item where bulk_id = $1`, [bulkId]),
  ).toBeGreaterThan(1.75);
});

test.runIf(process.env.ABSURD_LONG)(
  "behind PgBouncer in transaction mode, killed runners lose and double nothing, and hold no lock",
  { timeout: 1_800_000 },
  async () => {
    const pooler = await startPgBouncer(database.url);
    try {
      await database.pool.query(
        `select absurd.spawn_task('orders', 'pooled', 'null') from generate_series(1, ${TASKS}::int)`,
      );
      const bulkId = await createJob(database.pool, {
        action: "cancel",
        options: {},
        operator: "ada",
        perSecond: null,
        filters: serializeTaskFilters(taskFilters({ queue: ["orders"], name: ["pooled"] })),
      });
      await surviveKills(bulkId, pooler.url);
      await expectEachOnce(bulkId);
      expect(await value("select count(*)::int from pg_locks where locktype = 'advisory'")).toBe(0);
    } finally {
      await pooler.stop();
    }
  },
);
