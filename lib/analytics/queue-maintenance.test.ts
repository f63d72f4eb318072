import { beforeAll, expect, test } from "vitest";
import { awaitEvent, emitEvent } from "@/lib/absurd/events/events";
import { createQueue, setQueuePolicy } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getQueueFigures } from "./overview";
import { getQueueMaintenance, previewCleanup } from "./queue-maintenance";
import { countTerminalTasksExactly } from "./queues";

const PLAIN = `plain "one"`;
const PARTS = "Parts ü";
const WEEK = 7 * 86_400_000;
const database = openTestDatabase();

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, PLAIN);
  await createQueue(pool, PARTS, { storageMode: "partitioned" });
  for (const queue of [PLAIN, PARTS]) {
    for (let n = 0; n < 4; n++) await spawnTask(pool, queue, "work", {}, { maxAttempts: 1 });
    const [first, second, third, fourth] = await claimTasks(pool, queue, { quantity: 4 });
    await completeTask(pool, queue, first?.runId ?? "");
    await failTask(pool, queue, second?.runId ?? "", "broken");
    await cancelTask(pool, queue, { taskId: third?.taskId ?? "" });
    await awaitEvent(pool, queue, {
      taskId: fourth?.taskId ?? "",
      runId: fourth?.runId ?? "",
      stepName: "s",
      eventName: "asked",
    });
    await emitEvent(pool, queue, "emitted");
  }
});

test("a queue without partitions: its policy and tables with sizes and estimated rows", async () => {
  const before = await getQueueMaintenance(PLAIN);
  expect(before).toMatchObject({
    partitions: null,
    policy: { cleanupTtlSeconds: 30 * 86_400, cleanupLimit: 1_000, storageMode: "unpartitioned" },
    engine: { cron: false, version: expect.any(String) },
  });
  expect(before.storage.map((row) => row.table)).toEqual([
    "tasks",
    "runs",
    "checkpoints",
    "events",
    "waits",
  ]);
  expect(before.storage[0]).toMatchObject({ rows: null, dataBytes: expect.any(Number) });
  expect(before.storage[0]?.indexBytes).toBeGreaterThan(0);
  await database.pool.query("analyze");
  const [tasks] = (await getQueueMaintenance(PLAIN)).storage;
  expect(tasks?.rows).toEqual({ value: 4, precision: "estimated" });
});

test("a partitioned queue: every week of the window exists, and the default partition is empty", async () => {
  const { partitions, storage } = await getQueueMaintenance(PARTS);
  expect(partitions?.weeks.length).toBeGreaterThanOrEqual(5);
  for (const week of partitions?.weeks ?? []) {
    expect(week).toMatchObject({ wanted: true, missing: [] });
    expect(new Date(week.from).getUTCDay()).toBe(1);
    expect(Date.parse(week.to) - Date.parse(week.from)).toBe(WEEK);
  }
  expect(partitions?.strays).toEqual(
    ["tasks", "runs", "checkpoints", "waits"].map((table) => ({
      table,
      rows: { value: 0, precision: "exact" },
    })),
  );
  expect(storage.map((row) => row.table)).toContain("idempotency keys");
});

test("a partitioned queue: missing weeks, weeks beyond the window, rows in the default partition, no default partition", async () => {
  const { pool } = database;
  await createQueue(pool, "gaps", { storageMode: "partitioned" });
  const { partitions } = await getQueueMaintenance("gaps");
  const last = partitions?.weeks.at(-1);
  const { rows } = await pool.query("select absurd.partition_week_tag($1::timestamptz) as tag", [
    last?.from,
  ]);
  await pool.query(`drop table absurd."r_gaps_${rows[0].tag}"`);
  await setQueuePolicy(pool, "gaps", { partitionLookaheadSeconds: 35 * 86_400 });
  await pool.query(`insert into absurd.t_gaps (task_id, task_name, params, state, attempts, enqueue_at)
    values ('01900000-0000-7000-8000-000000000000', 'old', '{}', 'completed', 1, now())`);
  const after = (await getQueueMaintenance("gaps")).partitions;
  expect(after?.weeks.at(-2)).toMatchObject({ from: last?.from, missing: ["runs"], wanted: true });
  expect(after?.weeks.at(-1)).toMatchObject({ from: last?.to, bytes: 0, wanted: true });
  expect(after?.weeks.at(-1)?.missing).toHaveLength(4);
  expect(after?.strays[0]).toEqual({ table: "tasks", rows: { value: 1, precision: "exact" } });

  await pool.query("delete from absurd.t_gaps");
  await setQueuePolicy(pool, "gaps", {
    partitionLookaheadSeconds: 0,
    defaultPartition: "disabled",
  });
  const shrunk = (await getQueueMaintenance("gaps")).partitions;
  expect(shrunk?.strays).toEqual([]);
  expect(shrunk?.weeks.at(-1)?.wanted).toBe(false);
});

test.each([PLAIN, PARTS])("the exact number of ended tasks of %s", async (queue) => {
  const one = { value: 1, precision: "exact" };
  expect(await countTerminalTasksExactly(queue)).toMatchObject({
    completed: one,
    failed: one,
    cancelled: one,
  });
});

test("an exact count stops when its request is aborted", async () => {
  const { pool } = database;
  const blocker = await pool.connect();
  await blocker.query(`begin; lock table absurd."t_plain ""one""" in access exclusive mode`);
  const controller = new AbortController();
  const counting = countTerminalTasksExactly(PLAIN, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("gone")), 100);
  await expect(counting).rejects.toThrow("gone");
  await blocker.query("rollback");
  blocker.release();
});

test.each([PLAIN, PARTS])("what a cleanup of %s would delete", async (queue) => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await previewCleanup(queue, 0)).toMatchObject({
    tasks: { value: 3, precision: "exact" },
    events: { value: 2, precision: "exact" },
    neverEmitted: { value: 1, precision: "exact" },
  });
  // The row of an event that was awaited and never emitted is dated 1970: every cleanup deletes it.
  expect(await previewCleanup(queue, 86_400)).toMatchObject({
    tasks: { value: 0 },
    events: { value: 1 },
    neverEmitted: { value: 1 },
  });
});

test("attempts, waits and run times of one queue", async () => {
  const { throughput, latency } = await getQueueFigures(PLAIN, "1h");
  const sum = (values: number[] = []) => values.reduce((a, b) => a + b, 0);
  expect(throughput.queues.map((row) => row.name)).toEqual([PLAIN]);
  expect(sum(throughput.queues[0]?.completed)).toBe(1);
  expect(sum(throughput.queues[0]?.failed)).toBe(1);
  expect(latency.queues).toMatchObject([{ name: PLAIN, tasks: { value: 4 } }]);
  expect(latency.names).toMatchObject([{ name: "work", wait: { p50: expect.any(Number) } }]);
  expect(latency).toMatchObject({ sampled: 4, complete: true });
});

test("a missing queue is named in the error", async () => {
  for (const read of [
    () => getQueueMaintenance("nowhere"),
    () => getQueueFigures("nowhere", "1h"),
    () => previewCleanup("nowhere", 1),
    () => countTerminalTasksExactly("nowhere"),
  ])
    await expect(read()).rejects.toMatchObject({ code: "queue_not_found" });
});
