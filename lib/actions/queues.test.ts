import { beforeEach, expect, test, vi } from "vitest";
import { emitEvent } from "@/lib/absurd/events/events";
import { createQueue, listQueues } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { getQueueMaintenance } from "@/lib/analytics/queue-maintenance";
import { getQueue } from "@/lib/analytics/queues";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getCleanupPreview } from "./previews/queues";
import {
  cleanUpQueueAction,
  createQueueAction,
  dropQueueAction,
  repairQueueAction,
  setQueuePolicyAction,
} from "./queues";
import type { ActionResult } from "./result";

const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
vi.spyOn(console, "info").mockImplementation(() => {});

let queue = "";
let made = 0;
beforeEach(async () => {
  queue = `odd "queue" ${made++}`;
  await createQueue(database.pool, queue);
});

function refusal<T>(result: ActionResult<T>) {
  if (result.ok) throw new Error("it was not refused");
  expect(result.error.changed).toBe(false);
  return result.error;
}

async function lastRecord() {
  const { rows } = await database.pool.query(
    `select operator, action, queue, parameters, outcome, code, result
     from absurd_dashboard.audit_entry order by audit_id desc limit 1`,
  );
  return rows[0];
}

test("create: works in both storage modes, once, and is recorded", async () => {
  const name = "größe, 100% / ?";
  expect(await createQueueAction({ queue: name, storageMode: "partitioned" })).toEqual({
    ok: true,
    data: { queue: name, storageMode: "partitioned" },
  });
  expect(await getQueue(name)).toMatchObject({ storageMode: "partitioned" });
  expect(await lastRecord()).toMatchObject({
    operator: "ada",
    action: "create queue",
    queue: name,
    outcome: "done",
    parameters: { storageMode: "partitioned" },
  });
  const again = await createQueueAction({ queue: name, storageMode: "partitioned" });
  expect(refusal(again).code).toBe("already_exists");
  const other = await createQueueAction({ queue: name, storageMode: "unpartitioned" });
  expect(refusal(other).code).toBe("already_exists");
});

test("create: an invalid name is refused with the rule", async () => {
  const make = (name: string) => createQueueAction({ queue: name, storageMode: "unpartitioned" });
  expect(refusal(await make("")).message).toContain("empty");
  expect(refusal(await make("x".repeat(58))).message).toContain("too long");
  // 57 characters, 58 bytes.
  expect(refusal(await make(`${"x".repeat(56)}ü`)).message).toContain("57 bytes");
  expect(await make("y".repeat(57))).toMatchObject({ ok: true });
});

test("create: refused if a partition of another queue would have the same table", async () => {
  await createQueue(database.pool, "cut", { storageMode: "partitioned" });
  for (const name of ["cut_d", "cut_647"]) {
    const result = await createQueueAction({ queue: name, storageMode: "unpartitioned" });
    expect(refusal(result).code).toBe("name_collides");
  }
  expect(await createQueueAction({ queue: "cut_x", storageMode: "unpartitioned" })).toMatchObject({
    ok: true,
  });
  await createQueue(database.pool, "rest_d");
  const reverse = await createQueueAction({ queue: "rest", storageMode: "partitioned" });
  expect(refusal(reverse).code).toBe("name_collides");
  expect(await createQueueAction({ queue: "rest", storageMode: "unpartitioned" })).toMatchObject({
    ok: true,
  });
});

test("drop: needs the typed name, and consent if there are active tasks", async () => {
  const { pool } = database;
  const wrong = await dropQueueAction({ queue, confirm: "other", acceptActive: true });
  expect(refusal(wrong).code).toBe("not_confirmed");
  await spawnTask(pool, queue, "work");
  const busy = await dropQueueAction({ queue, confirm: queue, acceptActive: false });
  expect(refusal(busy)).toMatchObject({
    code: "has_active_tasks",
    message: expect.stringContaining("1 active task"),
  });
  expect(await listQueues(pool)).toContain(queue);
  expect(await dropQueueAction({ queue, confirm: queue, acceptActive: true })).toMatchObject({
    ok: true,
  });
  expect(await listQueues(pool)).not.toContain(queue);
  expect(await lastRecord()).toMatchObject({ action: "drop queue", queue, outcome: "done" });
  const again = await dropQueueAction({ queue, confirm: queue, acceptActive: true });
  expect(refusal(again).code).toBe("queue_not_found");
});

test("drop: tasks spawned while it waits for the queue's locks are counted and kept", async () => {
  await createQueue(database.pool, "busy");
  const spawner = await database.pool.connect();
  await spawner.query("begin");
  await spawner.query("select absurd.spawn_task('busy', 'late', 'null')");
  const drop = { queue: "busy", confirm: "busy" };
  const dropping = dropQueueAction({ ...drop, acceptActive: false });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await spawner.query("commit");
  spawner.release();
  expect(await dropping).toMatchObject({
    ok: false,
    error: { code: "has_active_tasks", message: expect.stringContaining("1 active task") },
  });
  // Consent covers only the number of tasks that was shown.
  expect(await dropQueueAction({ ...drop, acceptActive: true, shownActive: 0 })).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining("1 active task by now, and 0 were shown") },
  });
  expect(await dropQueueAction({ ...drop, acceptActive: true, shownActive: 1 })).toMatchObject({
    ok: true,
  });
});

test("drop: works on a queue with missing tables", async () => {
  await database.pool.query(`drop table absurd."e_${queue.replaceAll('"', '""')}"`);
  expect(await dropQueueAction({ queue, confirm: queue, acceptActive: false })).toMatchObject({
    ok: true,
  });
});

test("policy: changes only the given settings, and is refused if they changed since they were shown", async () => {
  const change = { cleanupTtlSeconds: 7 * 86_400, detachMode: "empty" as const };
  const expected = { cleanupTtlSeconds: 30 * 86_400, detachMode: "none" as const };
  expect(await setQueuePolicyAction({ queue, change, expected })).toMatchObject({
    ok: true,
    data: { ...change, cleanupLimit: 1_000 },
  });
  expect((await lastRecord()).parameters).toEqual({ change, expected });
  expect(refusal(await setQueuePolicyAction({ queue, change, expected })).code).toBe(
    "state_changed",
  );
});

test("policy: a setting that the engine refuses is reported with the reason", async () => {
  const set = (change: object) => setQueuePolicyAction({ queue, change, expected: {} });
  expect(refusal(await set({ defaultPartition: "disabled" })).message).toContain(
    "only supported for partitioned queues",
  );
  expect(refusal(await set({ cleanupLimit: 0 })).message).toContain("cleanupLimit");
  expect(refusal(await set({ cleanupTtlSeconds: -1 })).message).toContain("negative");
  const nowhere = { queue: "nowhere", change: {}, expected: {} };
  expect(refusal(await setQueuePolicyAction(nowhere)).code).toBe("queue_not_found");
});

test("repair: creates the partitions that a longer policy needs", async () => {
  const { pool } = database;
  await createQueue(pool, "weeks", { storageMode: "partitioned" });
  const change = { partitionLookaheadSeconds: 60 * 86_400 };
  await setQueuePolicyAction({ queue: "weeks", change, expected: {} });
  const missing = async () =>
    (await getQueueMaintenance("weeks")).partitions?.weeks.filter((week) => week.missing.length);
  expect((await missing())?.length).toBeGreaterThan(3);
  expect(await repairQueueAction({ queue: "weeks" })).toMatchObject({ ok: true });
  expect(await missing()).toEqual([]);
});

test("cleanup: deletes the rows of the preview, in batches, and nothing active", async () => {
  const { pool } = database;
  await spawnTask(pool, queue, "ended");
  const [run] = await claimTasks(pool, queue);
  await completeTask(pool, queue, run?.runId ?? "");
  await spawnTask(pool, queue, "active");
  await emitEvent(pool, queue, "paid");
  await new Promise((resolve) => setTimeout(resolve, 10));
  const preview = await getCleanupPreview({ queue, ttlSeconds: 0 });
  expect(preview).toMatchObject({ ok: true, data: { tasks: { value: 1 }, events: { value: 1 } } });
  const tasksOnly = { queue, ttlSeconds: 0, tasks: true, events: false };
  expect(await cleanUpQueueAction(tasksOnly)).toEqual({
    ok: true,
    data: { tasksDeleted: 1, eventsDeleted: 0, done: true },
  });
  expect(await cleanUpQueueAction({ ...tasksOnly, tasks: false, events: true })).toMatchObject({
    data: { tasksDeleted: 0, eventsDeleted: 1, done: true },
  });
  expect((await lastRecord()).result).toEqual({ tasksDeleted: 0, eventsDeleted: 1, done: true });
  expect(await getQueue(queue)).toMatchObject({ active: { pending: 1 } });
  expect(refusal(await cleanUpQueueAction({ ...tasksOnly, tasks: false })).code).toBe(
    "bad_request",
  );
  expect(refusal(await getCleanupPreview({ queue: "nowhere", ttlSeconds: 0 })).code).toBe(
    "queue_not_found",
  );
});

test("cleanup: tasks and events from after the preview are kept", async () => {
  const { pool } = database;
  await createQueue(pool, "kept");
  const end = async (at: string) => {
    const { taskId } = await spawnTask(pool, "kept", "ended");
    const [run] = await claimTasks(pool, "kept");
    await completeTask(pool, "kept", run?.runId ?? "");
    await emitEvent(pool, "kept", `event ${at}`);
    await pool.query(
      `update absurd.r_kept set completed_at = now() + $1::interval where task_id = $2`,
      [at, taskId],
    );
    await pool.query(
      `update absurd.e_kept set emitted_at = now() + $1::interval where event_name = $2`,
      [at, `event ${at}`],
    );
  };
  await end("-1 hour");
  const preview = await getCleanupPreview({ queue: "kept", ttlSeconds: 60 });
  if (!preview.ok) throw new Error(preview.error.message);
  expect(preview.data).toMatchObject({ tasks: { value: 1 }, events: { value: 1 } });
  // As if an hour had passed since the preview: both would now be deleted.
  const shownBefore = new Date(Date.parse(preview.data.before) - 3_600_000).toISOString();
  await end("-50 minutes");
  await end("-90 minutes");
  const given = { queue: "kept", ttlSeconds: 60, tasks: true, events: true, shownBefore };
  expect(await cleanUpQueueAction(given)).toMatchObject({
    ok: true,
    data: { tasksDeleted: 1, eventsDeleted: 1, done: true },
  });
  expect(await getCleanupPreview({ queue: "kept", ttlSeconds: 60 })).toMatchObject({
    data: { tasks: { value: 2 }, events: { value: 2 } },
  });
});

test("cleanup: more rows than a batch are deleted batch by batch", async () => {
  const table = (prefix: string) => `absurd."${prefix}_${queue.replaceAll('"', '""')}"`;
  await database.pool.query(`insert into ${table("e")} (event_name, payload, emitted_at)
    select 'event ' || n, '1', now() - interval '2 days' from generate_series(1, 2500) n`);
  expect(
    await cleanUpQueueAction({ queue, ttlSeconds: 86_400, tasks: true, events: true }),
  ).toMatchObject({ ok: true, data: { tasksDeleted: 0, eventsDeleted: 2_500, done: true } });
});
