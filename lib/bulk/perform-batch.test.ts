import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { runAs } from "@/lib/db/viewer";
import { openTestDatabase } from "@/testing/dashboard-database";
import type { ItemResult } from "./act";
import { createJob, type NewBulkJob } from "./job";
import { MAX_BATCH, performBatch } from "./perform-batch";

const database = openTestDatabase();
const client = {} as { runner: Client };

beforeAll(async () => {
  await createQueue(database.pool, "orders");
  client.runner = new Client({ connectionString: database.url, lock_timeout: 2_000 });
  await client.runner.connect();
});
afterAll(() => client.runner.end());

async function spawn(count: number): Promise<string[]> {
  const tasks: string[] = [];
  for (let n = 0; n < count; n++)
    tasks.push((await spawnTask(database.pool, "orders", "work", n, { maxAttempts: 1 })).taskId);
  return tasks;
}

async function fail(taskIds: string[]): Promise<void> {
  for (const prefix of ["r", "t"])
    await database.pool.query(
      `update absurd.${prefix}_orders set state = 'failed' where task_id = any($1::uuid[])`,
      [taskIds],
    );
}

const create = (action: NewBulkJob["action"], taskIds: string[], options = {}) =>
  createJob(database.pool, {
    action,
    options,
    operator: "ada",
    perSecond: null,
    ids: taskIds.map((taskId) => ({ queue: "orders", taskId })),
  });
const perform = (bulkId: string, giveUp?: { on: "all" | "held"; result: ItemResult }) =>
  performBatch(client.runner, bulkId, null, MAX_BATCH, giveUp);

async function rows(statement: string, values: unknown[] = []) {
  return (await database.pool.query(statement, values)).rows;
}
const outcomes = (bulkId: string) =>
  rows(
    `select outcome, code, count(*)::int from absurd_dashboard.bulk_item
      where bulk_id = $1 group by 1, 2 order by 1, 2`,
    [bulkId],
  );

test("a batch acts on a hundred tasks in one transaction, with an audit entry for each", async () => {
  const tasks = await spawn(MAX_BATCH + 1);
  const bulkId = await create("cancel", tasks);
  expect(await perform(bulkId)).toMatchObject({ settled: MAX_BATCH });
  const entries = await rows(
    `select count(distinct task_id)::int as tasks, count(distinct xmin::text)::int as transactions
       from absurd_dashboard.audit_entry where bulk_id = $1 and action = 'cancel task'`,
    [bulkId],
  );
  expect(entries).toEqual([{ tasks: MAX_BATCH, transactions: 1 }]);
  expect(await perform(bulkId)).toMatchObject({ settled: 1 });
  expect(await perform(bulkId)).toBe("finished");
});

test("a task that the engine refuses does not affect the others of its batch", async () => {
  const tasks = await spawn(10);
  await fail(tasks);
  // Stored before the engine checked strategies.
  await database.pool.query(
    `update absurd.t_orders set retry_strategy = '{"kind": "linear"}' where task_id = $1`,
    [tasks[3]],
  );
  const bulkId = await create("run-again", tasks);
  expect(await perform(bulkId)).toMatchObject({ settled: 10 });
  expect(await outcomes(bulkId)).toEqual([
    { outcome: "done", code: null, count: 9 },
    { outcome: "failed", code: "refused", count: 1 },
  ]);
  expect(
    await rows("select count(*)::int from absurd.t_orders where headers ? 'spawned_from'"),
  ).toEqual([{ count: 9 }]);
});

test("tasks that changed, were deleted, or whose queue was dropped are skipped with the reason", async () => {
  const [pending = "", failed = "", gone = ""] = await spawn(3);
  await fail([failed]);
  await database.pool.query("delete from absurd.t_orders where task_id = $1", [gone]);
  const bulkId = await createJob(database.pool, {
    action: "retry",
    options: { extraAttempts: 3 },
    operator: "ada",
    perSecond: null,
    ids: [
      ...[pending, failed, gone].map((taskId) => ({ queue: "orders", taskId })),
      { queue: "dropped", taskId: failed },
    ],
  });
  expect(await perform(bulkId)).toMatchObject({ settled: 4 });
  expect(await outcomes(bulkId)).toEqual([
    { outcome: "done", code: null, count: 1 },
    { outcome: "skipped", code: "queue_not_found", count: 1 },
    { outcome: "skipped", code: "state_changed", count: 1 },
    { outcome: "skipped", code: "task_not_found", count: 1 },
  ]);
  expect(
    await rows("select state, max_attempts from absurd.t_orders where task_id = $1", [failed]),
  ).toEqual([{ state: "pending", max_attempts: 4 }]);
});

test("tasks and runs held by other transactions stay open, and the rest of the batch does not wait for them", async () => {
  const tasks = await spawn(20);
  const bulkId = await create("cancel", tasks);
  const holder = await database.pool.connect();
  await holder.query("begin");
  await holder.query("select from absurd.t_orders where task_id = $1 for update", [tasks[5]]);
  await holder.query("select from absurd.r_orders where task_id = $1 for update", [tasks[7]]);
  const started = performance.now();
  expect(await perform(bulkId)).toMatchObject({ settled: 18 });
  expect(performance.now() - started).toBeLessThan(1_900);
  expect(await perform(bulkId)).toMatchObject({ settled: 0 });
  const result = { outcome: "failed", code: "timed_out", message: "Held." } as const;
  await holder.query("rollback and chain");
  await holder.query("select from absurd.r_orders where task_id = $1 for update", [tasks[7]]);
  expect(await perform(bulkId, { on: "held", result })).toMatchObject({ settled: 2 });
  await holder.query("rollback");
  holder.release();
  expect(await outcomes(bulkId)).toEqual([
    { outcome: "done", code: null, count: 19 },
    { outcome: "failed", code: "timed_out", count: 1 },
  ]);
  expect(await perform(bulkId)).toBe("finished");
});

test("another tenant's task is missing, also while another transaction holds it", async () => {
  const tasks = await spawn(2);
  const acme = { scope: [{ queues: null, tenants: ["acme"] }], payloads: true };
  const bulkId = await runAs(acme, () => create("cancel", tasks));
  const holder = await database.pool.connect();
  await holder.query("begin");
  await holder.query("select from absurd.t_orders where task_id = $1 for update", [tasks[0]]);
  expect(await runAs(acme, () => perform(bulkId))).toMatchObject({ settled: 2 });
  await holder.query("rollback");
  holder.release();
  expect(await outcomes(bulkId)).toEqual([
    { outcome: "skipped", code: "task_not_found", count: 2 },
  ]);
});

test("a batch sets when the next one is due, for every runner, and catches up on at most ten tasks", async () => {
  const tasks = await spawn(30);
  const bulkId = await createJob(database.pool, {
    action: "cancel",
    options: {},
    operator: "ada",
    perSecond: 1,
    ids: tasks.map((taskId) => ({ queue: "orders", taskId })),
  });
  const next = (limit: number) => performBatch(database.pool, bulkId, null, limit);
  // It catches up on ten at once.
  expect(await next(1)).toMatchObject({ settled: 1, waitMs: 0 });
  const second = await next(20);
  expect(second).toMatchObject({ settled: 20 });
  const { waitMs } = second as { waitMs: number };
  expect(waitMs).toBeGreaterThan(5_000);
  expect(waitMs).toBeLessThan(10_000);
  expect(await next(1)).toEqual({ waitMs: expect.any(Number) });
  expect(await outcomes(bulkId)).toContainEqual({ outcome: "done", code: null, count: 21 });
});

test("an operation that another runner works on is left to it, without waiting", async () => {
  const bulkId = await create("cancel", await spawn(2));
  const other = await database.pool.connect();
  await other.query("begin");
  await other.query("select from absurd_dashboard.bulk_job where bulk_id = $1 for no key update", [
    bulkId,
  ]);
  expect(await performBatch(database.pool, bulkId, null, 1)).toEqual({ waitMs: 100 });
  await other.query("rollback");
  other.release();
  expect(await performBatch(database.pool, bulkId, null, 1)).toMatchObject({ settled: 1 });
});
