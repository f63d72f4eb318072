/** The client and workers of the published SDK share a queue, and each continues what the other started. */

import { Absurd, TimeoutError } from "absurd-sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { STORAGE_MODES } from "../model/queue.ts";
import { AbsurdClient } from "./absurd-client.ts";
import { AbsurdSleepError } from "./errors.ts";

const silent = { log() {}, info() {}, warn() {}, error() {} };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe.each(STORAGE_MODES)("on an %s queue", (storageMode) => {
  let client: AbsurdClient;
  let sdk: Absurd;
  let queues = 0;

  beforeEach(async () => {
    const queueName = `${storageMode}_${++queues}`;
    client = new AbsurdClient({ queueName, db: database.pool });
    await client.createQueue({ storageMode });
    sdk = new Absurd({ queueName, db: database.pool, log: silent });
  });

  /** Runs an SDK worker on everything that is due. */
  const work = () => sdk.workBatch("sdk worker", 60, 5);
  const resultOf = async (taskId: string) => client.getTaskResult(taskId);

  test("a task that the client spawns is completed by an SDK worker", async () => {
    sdk.registerTask<{ n: number }>({ name: "double" }, async ({ n }, ctx) => ({
      doubled: await ctx.step("double", async () => n * 2),
      trace: ctx.headers.trace ?? null,
    }));
    const { taskId } = await client.spawnTask("double", { n: 21 }, { headers: { trace: "t" } });
    await work();
    expect(await resultOf(taskId)).toEqual({
      taskId,
      state: "completed",
      result: { doubled: 42, trace: "t" },
    });
    expect(await client.getCheckpointsForTask(taskId)).toMatchObject([
      { name: "double", state: 42 },
    ]);
  });

  test("a task that the SDK spawns is claimed and completed by the client", async () => {
    sdk.registerTask({ name: "job" }, async () => null);
    const spawned = await sdk.spawn("job", { n: 1 }, { headers: { h: 1 }, maxAttempts: 2 });
    const [claimed] = await client.claimTasks();
    expect(claimed).toMatchObject({
      taskId: spawned.taskID,
      runId: spawned.runID,
      params: { n: 1 },
      headers: { h: 1 },
      maxAttempts: 2,
    });
    await client.completeTask(spawned.runID, { by: "client" });
    expect(await sdk.fetchTaskResult(spawned.taskID)).toEqual({
      state: "completed",
      result: { by: "client" },
    });
  });

  test("an attempt that the client fails is retried by an SDK worker, its steps kept", async () => {
    const steps: string[] = [];
    sdk.registerTask({ name: "job" }, async (_params, ctx) => {
      const first = await ctx.step("first", async () => "from the worker");
      steps.push(first);
      return first;
    });
    const { taskId, runId } = await client.spawnTask("job", {}, { maxAttempts: 2 });
    await client.claimTasks();
    await client.step({ taskId, runId, name: "first" }, () => "from the client");
    await client.failTask(runId, new Error("the client gave up"));
    await work();
    expect(steps).toEqual(["from the client"]);
    expect(await resultOf(taskId)).toMatchObject({ result: "from the client" });
  });

  test("a wait that the client started ends in an SDK worker", async () => {
    sdk.registerTask({ name: "waiter" }, async (_params, ctx) => ctx.awaitEvent("go"));
    const { taskId, runId } = await client.spawnTask("waiter");
    await client.claimTasks();
    await expect(
      client.waitForEvent({ runId, eventName: "go", timeoutSeconds: null }),
    ).rejects.toThrow(AbsurdSleepError);
    await work();
    expect(await resultOf(taskId)).toMatchObject({ state: "sleeping" });
    await sdk.emitEvent("go", { from: "sdk" });
    await work();
    expect(await resultOf(taskId)).toMatchObject({
      state: "completed",
      result: { from: "sdk" },
    });
  });

  test("a wait that an SDK worker started ends in the client", async () => {
    sdk.registerTask({ name: "waiter" }, async (_params, ctx) => ctx.awaitEvent("go"));
    const { taskId, runId } = await client.spawnTask("waiter");
    await work();
    expect(await client.listWaits()).toMatchObject([{ taskId, runId, eventName: "go" }]);
    await client.emitEvent("go", { from: "client" });
    await client.claimTasks();
    const payload = await client.waitForEvent({ runId, eventName: "go", timeoutSeconds: null });
    expect(payload).toEqual({ from: "client" });
    await client.completeTask(runId, payload);
    expect(await sdk.fetchTaskResult(taskId)).toEqual({
      state: "completed",
      result: { from: "client" },
    });
  });

  test("a timeout that the client set reaches an SDK worker", async () => {
    sdk.registerTask({ name: "waiter" }, async (_params, ctx) => {
      try {
        return await ctx.awaitEvent("go", { timeout: 0 });
      } catch (error) {
        if (error instanceof TimeoutError) return "timed out";
        throw error;
      }
    });
    const { taskId, runId } = await client.spawnTask("waiter");
    await client.claimTasks();
    await expect(
      client.waitForEvent({ runId, eventName: "go", timeoutSeconds: 0 }),
    ).rejects.toThrow(AbsurdSleepError);
    await work();
    expect(await resultOf(taskId)).toMatchObject({ state: "completed", result: "timed out" });
  });

  test("a sleep that the client started ends in an SDK worker, not before it is due", async () => {
    sdk.registerTask({ name: "sleeper" }, async (_params, ctx) => {
      await ctx.sleepFor("nap", 3600);
      return "rested";
    });
    const { taskId, runId } = await client.spawnTask("sleeper");
    await client.claimTasks();
    const nap = client.sleep({ runId, stepName: "nap", seconds: 0.4 });
    const { wakeAt } = (await nap.catch((error: unknown) => error)) as AbsurdSleepError;
    await work();
    expect(await resultOf(taskId)).toMatchObject({ state: "sleeping" });
    await new Promise((resolve) => setTimeout(resolve, Number(wakeAt) - Date.now() + 20));
    await work();
    expect(await resultOf(taskId)).toMatchObject({ state: "completed", result: "rested" });
  });

  test("a sleep that an SDK worker started ends in the client, not before it is due", async () => {
    sdk.registerTask({ name: "sleeper" }, async (_params, ctx) => {
      await ctx.sleepFor("nap", 0.4);
    });
    const { taskId, runId } = await client.spawnTask("sleeper");
    await work();
    expect(await client.claimTasks()).toEqual([]);
    const planned = (await client.getRunStatus(runId))?.availableAt;
    await new Promise((resolve) => setTimeout(resolve, Number(planned) - Date.now() + 20));
    expect(await client.claimTasks()).toMatchObject([{ runId }]);
    await client.sleep({ runId, stepName: "nap", seconds: 3600 });
    await client.completeTask(runId, "rested");
    expect(await resultOf(taskId)).toMatchObject({ result: "rested" });
  });

  test("a task that the client cancels stops in the SDK worker that executes it", async () => {
    let reached = "nothing";
    sdk.registerTask({ name: "long" }, async (_params, ctx) => {
      const { cancelled } = await client.cancelTask({ taskId: ctx.taskID });
      reached = `cancelled: ${cancelled}`;
      await ctx.step("after", async () => 1);
      reached = "a step after the cancellation";
    });
    const { taskId } = await client.spawnTask("long");
    await work();
    expect(reached).toBe("cancelled: true");
    expect(await resultOf(taskId)).toEqual({ taskId, state: "cancelled" });
  });

  test("a task that an SDK worker failed is retried by the client", async () => {
    let attempts = 0;
    sdk.registerTask({ name: "flaky" }, async () => {
      if (++attempts === 1) throw new TypeError("not yet");
      return attempts;
    });
    const { taskId } = await client.spawnTask("flaky");
    await work();
    expect(await resultOf(taskId)).toMatchObject({
      state: "failed",
      failure: { name: "TypeError", message: "not yet" },
    });
    await client.retryTask(taskId);
    await work();
    expect(await resultOf(taskId)).toMatchObject({ state: "completed", result: 2 });
  });
});
