/** Guarantees of the client, numbered 1 to 16. */

import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import type { Json } from "../model/json.ts";
import { AbsurdClient } from "./absurd-client.ts";
import { isValidQueueName } from "./client-options.ts";
import { AbsurdSleepError, RunFailedError, TaskCancelledError } from "./errors.ts";

const NOON = "2026-03-02T12:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000);

describeBothWays("the client's promises", (session) => {
  async function running(maxAttempts = 3) {
    await session.setClock(NOON);
    const spawned = await session.client.spawnTask("job", {}, { maxAttempts });
    await session.client.claimTasks();
    return { ...spawned, stepName: "wait", eventName: "go" };
  }

  test("1: every verb works in the life of a task", async () => {
    const { client } = session;
    const input = await running();
    const { taskId, runId } = input;
    await client.setCheckpoint({ taskId, stepName: "s", state: [1], ownerRunId: runId });
    await client.extendClaim(runId, 60);
    expect(await client.awaitEvent(input)).toEqual({ status: "suspended" });
    await client.emitEvent("go", { n: 1 });
    await client.claimTasks();
    expect(await client.awaitEvent(input)).toEqual({ status: "received", payload: { n: 1 } });
    await client.scheduleRun(runId, { inSeconds: 0 });
    await client.claimTasks();
    await client.failTask(runId, "once");
    const [second] = await client.claimTasks();
    expect(await client.getCheckpointsForRun(second?.runId ?? "")).toEqual({
      s: [1],
      wait: { n: 1 },
    });
    await client.completeTask(second?.runId ?? "", "done");
    expect(await client.getTaskResult(taskId)).toEqual({
      taskId,
      state: "completed",
      result: "done",
    });
    await session.setClock(later(1).toISOString());
    expect(await client.cleanupTasks({ ttlSeconds: 0 })).toBe(1);
    expect(await client.cleanupEvents({ ttlSeconds: 0 })).toBe(1);
  });

  test("2: the tests of the Python client's bugs are named B1 to B20", async () => {
    const source = await readFile(new URL("parity-bugs.test.ts", import.meta.url), "utf8");
    for (let bug = 1; bug <= 20; bug++) expect(source).toContain(`test("B${bug}: `);
  });

  test("3: spawning on a partitioned queue", async () => {
    const queue = session.client.withQueue(`${session.client.queueName}_p`);
    await queue.createQueue({ storageMode: "partitioned" });
    const { taskId, runId } = await queue.spawnTask("job");
    await queue.claimTasks();
    await queue.completeTask(runId, 1);
    expect(await queue.getTaskStatus(taskId)).toMatchObject({ state: "completed" });
  });

  test.each(["unpartitioned", "partitioned"] as const)(
    "4: an idempotent spawn on an %s queue",
    async (storageMode) => {
      const queue = session.client.withQueue(`${session.client.queueName}_i`);
      await queue.createQueue({ storageMode });
      const spawn = () => queue.spawnTask("job", {}, { idempotencyKey: "" });
      const first = await spawn();
      expect(await spawn()).toEqual({ ...first, created: false });
      await queue.claimTasks();
      await queue.completeTask(first.runId);
      expect(await spawn()).toMatchObject({ taskId: first.taskId, created: false });
    },
  );

  test.each<[string, Json | undefined]>([
    ["0", 0],
    ["false", false],
    ["an empty text", ""],
    ["an empty list", []],
    ["null", null],
    ["nothing", undefined],
    ["a large integer", 2n ** 70n],
  ])("5: result %s is kept", async (_what, result) => {
    const { taskId, runId } = await running();
    await session.client.completeTask(runId, result);
    expect(await session.client.getTaskResult(taskId)).toEqual({
      taskId,
      state: "completed",
      result,
    });
  });

  test("6: cancelling running and ended tasks, by run id and by task id", async () => {
    const { client } = session;
    const one = await running();
    expect(await client.cancelTask({ runId: one.runId })).toMatchObject({ cancelled: true });
    const two = await running();
    expect(await client.cancelTask({ taskId: two.taskId })).toMatchObject({ cancelled: true });
    expect(await client.cancelTask({ runId: two.runId })).toMatchObject({ cancelled: false });
  });

  test("7: checkpoints are visible to attempt 2", async () => {
    const { runId, taskId } = await running();
    await session.client.saveCheckpointForRun(runId, "s", { done: true });
    await session.client.failTask(runId, "again");
    const [second] = await session.client.claimTasks();
    expect(second?.attempt).toBe(2);
    expect(await session.client.getCheckpoints(taskId, second?.runId ?? "")).toMatchObject([
      { name: "s", state: { done: true }, ownerRunId: runId },
    ]);
  });

  test.each<[string, Json]>([
    ["null", null],
    ["false", false],
    ["a timeout in name", { timeout: true }],
  ])("8: an event before, between and after the waits, with payload %s", async (_what, payload) => {
    const { client } = session;
    const received = { status: "received", payload };
    const early = await running();
    expect(await client.awaitEvent(early)).toEqual({ status: "suspended" });
    await client.emitEvent("go", payload);
    await client.claimTasks();
    expect(await client.awaitEvent(early)).toEqual(received);
    expect(await client.awaitEvent(await running())).toEqual(received);
    expect(await client.awaitEvent({ ...early, stepName: "again" })).toEqual(received);
  });

  test("9: a timeout is reported once; a replay of the step waits again", async () => {
    const input = { ...(await running()), timeoutSeconds: 10 };
    await session.client.awaitEvent(input);
    await session.setClock(later(10).toISOString());
    await session.client.claimTasks();
    expect(await session.client.awaitEvent(input)).toEqual({ status: "timeout" });
    expect(await session.client.getCheckpointsForTask(input.taskId)).toEqual([]);
    expect(await session.client.awaitEvent(input)).toEqual({ status: "suspended" });
    expect((await session.client.getRunStatus(input.runId))?.availableAt).toEqual(later(20));
  });

  test("10: a retry while waiting does not time out", async () => {
    const input = { ...(await running()), timeoutSeconds: 60 };
    await session.client.awaitEvent(input);
    await session.client.failTask(input.runId, "gave up");
    const [second] = await session.client.claimTasks();
    const again = { ...input, runId: second?.runId ?? "" };
    expect(await session.client.awaitEvent(again)).toEqual({ status: "suspended" });
    await session.client.emitEvent("go", 1);
    await session.client.claimTasks();
    expect(await session.client.awaitEvent(again)).toEqual({ status: "received", payload: 1 });
  });

  test("11: a sleep survives a second claim, and two equal sleeps are two", async () => {
    const { runId } = await running();
    const nap = (stepName: string) => session.client.sleep({ runId, stepName, seconds: 60 });
    await expect(nap("first")).rejects.toMatchObject({ wakeAt: later(60) });
    await session.setClock(later(60).toISOString());
    await session.client.claimTasks();
    await nap("first");
    await expect(nap("second")).rejects.toMatchObject({ wakeAt: later(120) });
    await session.setClock(later(120).toISOString());
    await session.client.claimTasks();
    await nap("first");
    await nap("second");
  });

  test("12: extending a claim leaves no checkpoint", async () => {
    const { taskId, runId } = await running();
    await session.client.extendClaim(runId, 5);
    expect(await session.client.getCheckpointsForTask(taskId)).toEqual([]);
    expect(await session.client.getCheckpointsForTask(runId)).toEqual([]);
  });

  test("13: getTaskStatus and getRunStatus work in a read-only transaction and with extra columns", async () => {
    const { client, db } = session;
    const { taskId, runId } = await running();
    for (const prefix of ["t", "r"])
      await db.query(`alter table absurd."${prefix}_${client.queueName}"
        add column tenant_id uuid default '0198c0de-0000-7000-8000-000000000000'`);
    await db.query("begin");
    await db.query("set transaction read only");
    const tenantId = "0198c0de-0000-7000-8000-000000000000";
    expect(await client.getTaskStatus(taskId)).toMatchObject({ state: "running", tenantId });
    expect(await client.getRunStatus(runId)).toMatchObject({ state: "running", tenantId });
    await db.query("rollback");
  });

  test("14: calls on a cancelled task or a failed run throw their error class", async () => {
    const { client, db } = session;
    const cancelled = await running();
    await client.cancelTask(cancelled);
    const failed = await running();
    await client.failTask(failed.runId, "x");
    const actions = ({ taskId, runId }: { taskId: string; runId: string }) => [
      () => client.completeTask(runId),
      () => client.failTask(runId, "y"),
      () => client.extendClaim(runId, 5),
      () => client.setCheckpoint({ taskId, stepName: "s", state: 1, ownerRunId: runId }),
    ];
    const refused = async (act: () => Promise<void>) => {
      await db.query("begin");
      await db.query("savepoint refused");
      const error = await act().catch((error: unknown) => error);
      await db.query("rollback to savepoint refused");
      return error;
    };
    for (const act of actions(cancelled))
      expect(await refused(act)).toBeInstanceOf(TaskCancelledError);
    for (const act of actions(failed)) expect(await refused(act)).toBeInstanceOf(RunFailedError);
    await db.query("rollback");
  });

  test("16: queue names with a newline, quotes, upper case, 57 and 58 bytes", async () => {
    expect(isValidQueueName("abc\n")).toBe(false);
    for (const queueName of ["abc\n", "q'u\"o", "UPPER", "q".repeat(57)]) {
      const queue = new AbsurdClient({ db: session.db, queueName, allowAnyQueueName: true });
      await queue.createQueue();
      const { taskId } = await queue.spawnTask("job");
      expect(await queue.getTaskStatus(taskId)).toMatchObject({ state: "pending" });
      await queue.dropQueue();
    }
    expect(
      () => new AbsurdClient({ queueName: "q".repeat(58), allowAnyQueueName: true }),
    ).toThrow();
  });
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("15: a rollback of the caller's transaction undoes every call in it", async () => {
  const db = new Client({ connectionString: database.url });
  await db.connect();
  const client = new AbsurdClient({ queueName: "orders", db: database.pool });
  await client.createQueue();
  const kept = await client.spawnTask("kept", {}, { maxAttempts: 2 });

  await db.query("begin");
  const spawned = await client.spawnTask(db, "undone");
  await client.claimTasks(db, { quantity: 2 });
  await client.saveCheckpointForRun(db, kept.runId, "s", 1);
  await client.emitEvent(db, "e", 1);
  const nap = client.sleep(db, { runId: kept.runId, stepName: "nap", seconds: 60 });
  await expect(nap).rejects.toThrow(AbsurdSleepError);
  await client.withQueue("more").spawnTask(db, "job", {}, { ensureQueue: true });
  await db.query("rollback");
  await db.end();

  expect(await client.getTaskStatus(spawned.taskId)).toBeNull();
  expect(await client.getRunStatus(kept.runId)).toMatchObject({ state: "pending" });
  expect(await client.getCheckpointsForTask(kept.taskId)).toEqual([]);
  expect(await client.getEvent("e")).toBeNull();
  expect(await client.listQueues()).toEqual(["orders"]);
});

test("8: a wait and an emit at the same moment do not miss each other", async () => {
  const client = new AbsurdClient({ queueName: "races", db: database.pool });
  await client.createQueue();
  for (let round = 0; round < 40; round++) {
    const { taskId, runId } = await client.spawnTask("job");
    await client.claimTasks({ claimTimeoutSeconds: 600 });
    const input = { taskId, runId, stepName: "s", eventName: `e${round}` };
    const [outcome] = await Promise.all([
      client.awaitEvent(input),
      client.emitEvent(input.eventName, round),
    ]);
    if (outcome.status === "suspended") {
      expect(await client.claimTasks({ claimTimeoutSeconds: 600 })).toMatchObject([
        { runId, eventPayload: round },
      ]);
    } else expect(outcome).toEqual({ status: "received", payload: round });
    await client.completeTask(runId);
  }
});
