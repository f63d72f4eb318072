/**
 * Bugs of the Python client that this layer replaces, one test each (B1 to B20).
 */

import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import type { Json } from "../model/json.ts";
import { AbsurdClient } from "./absurd-client.ts";
import { AbsurdSleepError, RunNotFoundError } from "./errors.ts";

const UNKNOWN = "0198c0de-0000-7000-8000-000000000000";
const NOON = "2026-03-02T12:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000);

describeBothWays("the port", (session) => {
  async function running(maxAttempts = 3) {
    await session.setClock(NOON);
    const spawned = await session.client.spawnTask("job", {}, { maxAttempts });
    await session.client.claimTasks();
    return spawned;
  }
  const table = async (prefix: string) =>
    (await session.db.query(`select * from absurd."${prefix}_${session.client.queueName}"`)).rows;

  test("B1: spawning on a partitioned queue does not create queues", async () => {
    const queue = session.client.withQueue(`${session.client.queueName}_p`);
    await queue.createQueue({ storageMode: "partitioned" });
    expect(await queue.spawnTask("job")).toMatchObject({ created: true });
    expect(await queue.spawnTask("job", {}, { ensureQueue: true })).toMatchObject({
      created: true,
    });
    expect((await queue.getQueuePolicy())?.storageMode).toBe("partitioned");
  });

  test("B2: headers and the workflow run are merged, and the caller's object is not modified", async () => {
    const headers = { a: 1, workflow_run_id: "old" };
    const { taskId } = await session.client.spawnTask(
      "job",
      {},
      { headers, workflowRunId: UNKNOWN },
    );
    expect((await session.client.getTaskStatus(taskId))?.headers).toEqual({
      a: 1,
      workflow_run_id: UNKNOWN,
    });
    expect(headers).toEqual({ a: 1, workflow_run_id: "old" });
  });

  test("B3: maxAttempts is as given, and 1 by default", async () => {
    const limit = async (options?: { maxAttempts: number }) => {
      const { taskId } = await session.client.spawnTask("job", {}, options);
      return (await session.client.getTaskStatus(taskId))?.maxAttempts;
    };
    expect(await limit({ maxAttempts: 9 })).toBe(9);
    expect(await limit()).toBe(1);
  });

  test("B4: without a workflow run the result has none", async () => {
    expect(await session.client.spawnTask("job")).not.toHaveProperty("workflowRunId");
  });

  test("B5: a spawn returns its attempt and whether it created the task", async () => {
    const first = await session.client.spawnTask("job", {}, { idempotencyKey: "k" });
    expect(first).toMatchObject({ attempt: 1, created: true });
    expect(await session.client.spawnTask("job", {}, { idempotencyKey: "k" })).toEqual({
      ...first,
      created: false,
    });
  });

  test("B6: falsy results are stored unchanged", async () => {
    for (const result of [0, false, "", [], null, undefined] as (Json | undefined)[]) {
      const { taskId, runId } = await running();
      await session.client.completeTask(runId, result);
      expect((await session.client.getTaskStatus(taskId))?.completedPayload).toEqual(result);
      expect((await session.client.getRunStatus(runId))?.result).toEqual(result);
    }
  });

  test("B7: cancelling by run id cancels the task and returns true", async () => {
    const { taskId, runId } = await running();
    expect(await session.client.cancelTask({ runId })).toMatchObject({ taskId, cancelled: true });
  });

  test("B8: extending a claim writes no checkpoint", async () => {
    const { runId } = await running();
    await session.client.extendClaim(runId, 100);
    expect((await session.client.getRunStatus(runId))?.claimExpiresAt).toEqual(later(100));
    expect(await table("c")).toEqual([]);
  });

  test("B9: a retry sees the finished steps of earlier attempts", async () => {
    const { runId } = await running();
    await session.client.saveCheckpointForRun(runId, "s1", "done");
    await session.client.failTask(runId, "again");
    const [second] = await session.client.claimTasks();
    expect(await session.client.getCheckpointsForRun(second?.runId ?? "")).toEqual({ s1: "done" });
  });

  test("B10: saving a checkpoint for an unknown run is an error", async () => {
    await expect(session.client.saveCheckpointForRun(UNKNOWN, "s", 1)).rejects.toThrow(
      RunNotFoundError,
    );
  });

  test("B11: a timeout differs from an emitted null", async () => {
    const input = { ...(await running()), stepName: "s", eventName: "e", timeoutSeconds: 10 };
    await session.client.awaitEvent(input);
    await session.setClock(later(10).toISOString());
    await session.client.claimTasks();
    expect(await session.client.awaitEvent(input)).toEqual({ status: "timeout" });
    await session.client.emitEvent("e", null);
    expect(await session.client.awaitEvent(input)).toEqual({ status: "received", payload: null });
  });

  test("B12: a placeholder is not an event, { timeout: true } not a timeout, a second wait not a conflict", async () => {
    const { runId } = await running();
    const wait = (run: string) =>
      session.client.waitForEvent({ runId: run, eventName: "e", timeoutSeconds: null });
    await expect(wait(runId)).rejects.toThrow(AbsurdSleepError);
    const other = await running();
    await expect(wait(other.runId)).rejects.toThrow(AbsurdSleepError);
    await session.client.emitEvent("e", { timeout: true });
    await session.client.claimTasks({ quantity: 2 });
    expect(await wait(runId)).toEqual({ timeout: true });
    expect(await wait(runId)).toEqual({ timeout: true });
  });

  test("B13: a sleeping run has no lease, and its task sleeps too", async () => {
    const { taskId, runId } = await running();
    await session.client.awaitEvent({ taskId, runId, stepName: "s", eventName: "e" });
    await session.client.setRunSleeping(runId);
    expect(await session.client.getRunStatus(runId)).toMatchObject({
      claimedBy: null,
      claimExpiresAt: null,
    });
    expect((await session.client.getTaskStatus(taskId))?.state).toBe("sleeping");
  });

  test("B14: an emit wakes earlier waiters, and the first payload is kept", async () => {
    const input = { ...(await running()), stepName: "s", eventName: "e" };
    await session.client.awaitEvent(input);
    await session.client.emitEvent("e", 0);
    await session.client.emitEvent("e", "second");
    expect((await session.client.getTaskStatus(input.taskId))?.state).toBe("pending");
    await session.client.claimTasks();
    expect(await session.client.awaitEvent(input)).toEqual({ status: "received", payload: 0 });
    expect((await session.client.getEvent("e"))?.payload).toBe(0);
  });

  test("B15: sleeping puts run and task to sleep, its checkpoint under the task", async () => {
    const { taskId, runId } = await running();
    const nap = session.client.sleep({ runId, stepName: "nap", seconds: 60 });
    await expect(nap).rejects.toMatchObject({ wakeAt: later(60) });
    expect((await session.client.getRunStatus(runId))?.state).toBe("sleeping");
    expect((await session.client.getTaskStatus(taskId))?.state).toBe("sleeping");
    expect(await table("c")).toMatchObject([{ task_id: taskId, owner_run_id: runId }]);
  });

  test("B16: a task's columns are selected by name, also in a read-only transaction", async () => {
    const { client, db } = session;
    const { taskId } = await client.spawnTask("job", {}, { idempotencyKey: "key" });
    await db.query(`alter table absurd."t_${client.queueName}" add column tenant_id text`);
    await db.query(`update absurd."t_${client.queueName}" set tenant_id = 'acme'`);
    await db.query("begin");
    await db.query("set transaction read only");
    expect(await client.getTaskStatus(taskId)).toMatchObject({
      idempotencyKey: "key",
      tenantId: "acme",
    });
    await db.query("rollback");
  });

  test("B17: a run's table may have fifteen or seventeen columns", async () => {
    const { client, db } = session;
    const { runId } = await running();
    const before = await client.getRunStatus(runId);
    expect(before).not.toHaveProperty("lastHeartbeat");
    await db.query(`alter table absurd."r_${client.queueName}"
      add column last_heartbeat timestamptz default '${NOON}', add column tenant_id text
      default 'acme'`);
    expect(await client.getRunStatus(runId)).toEqual({
      ...before,
      lastHeartbeat: later(0),
      tenantId: "acme",
    });
  });

  test("B18: workflow names follow their pattern, and empty objects stay empty objects", async () => {
    const create = (workflowName: string) =>
      session.client.createWorkflowRun({
        workflowName,
        workflowVersion: "1",
        inputs: {},
        tags: {},
      });
    await expect(create("Bad Name!")).rejects.toThrow("workflowName");
    expect(await session.client.getWorkflowRun(await create("good_name"))).toMatchObject({
      inputs: {},
      tags: {},
    });
  });

  test("B19: a status is one of five, needs an existing run, and a final one stays", async () => {
    const update = session.client.updateWorkflowRunStatus;
    const id = await session.client.createWorkflowRun({ workflowName: "w", workflowVersion: "1" });
    await expect(update(id, "finished" as "completed")).rejects.toThrow("status");
    expect(await update(UNKNOWN, "running")).toBe(false);
    await update(id, "completed", { error: { message: "m" } });
    await expect(update(id, "running")).rejects.toThrow("already completed");
    await update(id, "completed", { error: null });
    expect((await session.client.getWorkflowRun(id))?.error).toBeUndefined();
  });

  test("B20: no task data is logged", async () => {
    const logged: unknown[] = [];
    const client = new AbsurdClient({
      db: session.db,
      queueName: session.client.queueName,
      logger: { debug: (...entry) => void logged.push(entry) },
    });
    const secret = "s3cret";
    const { runId } = await client.spawnTask("job", { secret }, { headers: { secret } });
    await client.claimTasks();
    await client.saveCheckpointForRun(runId, "s", secret);
    await client.emitEvent("e", secret);
    await client.failTask(runId, secret);
    expect(logged).toHaveLength(5);
    expect(JSON.stringify(logged)).not.toContain(secret);
  });
});
