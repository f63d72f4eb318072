import { Absurd } from "absurd-sdk";
import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { forkTask, runAgain } from "@/lib/absurd/tasks/copies";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import type { RelatedTask } from "@/lib/model/rows/related";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getRelated } from "./related";

const database = openTestDatabase();
const NOWHERE = "01a20788-9756-700f-8fa3-41b52607a552";
const ids = (related: RelatedTask[]) => related.map(({ task }) => task.taskId);

beforeAll(async () => {
  for (const queue of ["orders", "mails"]) await createQueue(database.pool, queue);
  await createQueue(database.pool, "parted", { storageMode: "partitioned" });
});

test("a parent and its children, by the checkpoints of a real worker", async () => {
  const orders = new Absurd({ db: database.pool, queueName: "orders" });
  const mails = new Absurd({ db: database.pool, queueName: "mails" });
  mails.registerTask({ name: "mail" }, async () => "sent");
  orders.registerTask({ name: "order" }, async (_params, context) => {
    const awaited = await context.step("spawn mail", () => mails.spawn("mail", {}));
    const other = await context.step("spawn other", () => mails.spawn("mail", {}));
    await context.awaitTaskResult(awaited.taskID, { queue: "mails" });
    return other.taskID;
  });
  const parent = await orders.spawn("order", {});
  const working = orders.workBatch("w1", 30, 1);
  await expect.poll(() => count("mails")).toBe(2);
  await mails.workBatch("w2", 30, 5);
  await working;
  const related = await getRelated("orders", parent.taskID);
  expect(related.children.map(({ relation }) => relation)).toEqual([
    { by: "awaited", step: expect.stringContaining("$awaitTaskResult:") },
    { by: "stored", step: "spawn other" },
  ]);
  const [awaited, stored] = related.children;
  const back = await getRelated("mails", awaited?.task.taskId ?? "");
  expect(back.parents).toMatchObject([
    { task: { taskId: parent.taskID }, relation: { by: "awaited" } },
  ]);
  // A child whose id a step merely stored has no indexed reference to its parent.
  expect((await getRelated("mails", stored?.task.taskId ?? "")).parents).toEqual([]);
});

test("a parent and its children, by headers, across queues", async () => {
  const { pool } = database;
  const parent = await spawnTask(pool, "orders", "order", {});
  const headers = { parent_task_id: parent.taskId };
  const child = await spawnTask(pool, "mails", "mail", {}, { headers });
  const near = await spawnTask(pool, "orders", "pack", {}, { headers });
  expect(ids((await getRelated("orders", parent.taskId)).children)).toEqual(
    expect.arrayContaining([child.taskId, near.taskId]),
  );
  expect(await getRelated("mails", child.taskId)).toMatchObject({
    parents: [{ task: { taskId: parent.taskId }, relation: { by: "parent_task_id" } }],
    probed: 0,
  });
});

test("copies and forks, in both directions", async () => {
  const { pool } = database;
  const old = await spawnTask(pool, "orders", "order", {});
  await pool.query(`select absurd.set_task_checkpoint_state('orders', $1, 'pay', '1', $2)`, [
    old.taskId,
    old.runId,
  ]);
  const again = await runAgain(pool, "orders", old.taskId);
  const fork = await forkTask(pool, "orders", old.taskId, "pay");
  const { copies, searchedTo } = await getRelated("orders", old.taskId);
  expect(copies.map(({ relation }) => relation)).toEqual([
    { by: "spawned_from", step: null },
    { by: "spawned_from", step: "pay" },
  ]);
  expect(searchedTo).toBeNull();
  expect((await getRelated("orders", fork.taskId)).origin).toMatchObject({
    task: { taskId: old.taskId },
    relation: { step: "pay" },
  });
  expect((await getRelated("orders", again.taskId)).origin?.task.taskId).toBe(old.taskId);
});

test("the same key and the same workflow run in other queues", async () => {
  const { pool } = database;
  const headers = { workflow_run_id: NOWHERE };
  const one = await spawnTask(pool, "orders", "a", {}, { idempotencyKey: "k", headers });
  const two = await spawnTask(pool, "mails", "b", {}, { idempotencyKey: "k", headers });
  await spawnTask(pool, "parted", "c", {}, { idempotencyKey: "k" });
  const related = await getRelated("orders", one.taskId);
  expect(ids(related.sameKey)).toEqual([two.taskId]);
  expect(ids(related.sameRun)).toEqual([two.taskId]);
  expect(related.keysUnknown).toEqual(["parted"]);
});

test("deleted tasks that a header names are reported as missing; an unrelated task has none", async () => {
  const { pool } = database;
  const headers = { spawned_from: NOWHERE, parent_task_id: "not an id" };
  const lost = await spawnTask(pool, "orders", "a", {}, { headers });
  expect(await getRelated("orders", lost.taskId)).toMatchObject({
    origin: null,
    parents: [],
    missing: [{ id: NOWHERE, relation: { by: "spawned_from" } }],
  });
  const alone = await spawnTask(pool, "parted", "a", {});
  expect(await getRelated("parted", alone.taskId)).toMatchObject({
    parents: [],
    children: [],
    copies: [],
    sameKey: [],
    sameRun: [],
    missing: [],
  });
  await expect(getRelated("orders", NOWHERE)).rejects.toMatchObject({ code: "task_not_found" });
});

async function count(queue: string): Promise<number> {
  const { rows } = await database.pool.query(`select count(*)::int as n from absurd.t_${queue}`);
  return rows[0].n;
}
