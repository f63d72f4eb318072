import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import {
  InvalidArgumentError,
  QueueNotFoundError,
  RunNotFoundError,
  TaskNotFoundError,
} from "../errors.ts";

const UNKNOWN = "0198c0de-0000-7000-8000-000000000000";

describeBothWays("tasks", (session) => {
  /** Spawns a task with one attempt and fails it. */
  async function failedTask() {
    const { client } = session;
    const { taskId, runId } = await client.spawnTask("job", { to: 1 }, { headers: { h: 1 } });
    await client.claimTasks();
    await client.failTask(runId, "broken");
    return taskId;
  }

  test("spawnTask: stores all options", async () => {
    const { client } = session;
    const spawned = await client.spawnTask(
      "job",
      { big: 9007199254740993n },
      {
        headers: { trace: "t" },
        retryStrategy: { kind: "exponential", baseSeconds: 5, factor: 3, maxSeconds: 50 },
        maxAttempts: 4,
        cancellation: { maxDelaySeconds: 0, maxDurationSeconds: 60 },
        idempotencyKey: "once",
        workflowRunId: UNKNOWN,
      },
    );
    expect(spawned).toMatchObject({ attempt: 1, created: true, workflowRunId: UNKNOWN });
    expect(await client.getTaskStatus(spawned.taskId)).toMatchObject({
      taskName: "job",
      params: { big: 9007199254740993n },
      headers: { trace: "t", workflow_run_id: UNKNOWN },
      retryStrategy: { kind: "exponential", base_seconds: 5, factor: 3, max_seconds: 50 },
      maxAttempts: 4,
      cancellation: { max_delay: 0, max_duration: 60 },
      state: "pending",
      attempts: 1,
      lastAttemptRun: spawned.runId,
      idempotencyKey: "once",
    });
  });

  test("spawnTask: without options a task has one attempt and no other setting", async () => {
    const { taskId } = await session.client.spawnTask("job");
    expect(await session.client.getTaskStatus(taskId)).toMatchObject({
      params: null,
      headers: null,
      retryStrategy: null,
      maxAttempts: 1,
      cancellation: null,
      idempotencyKey: null,
    });
  });

  test("spawnTask: maxAttempts null means unlimited", async () => {
    const { taskId } = await session.client.spawnTask("job", {}, { maxAttempts: null });
    expect((await session.client.getTaskStatus(taskId))?.maxAttempts).toBeNull();
  });

  test("spawnTask: ensureQueue creates a missing queue without aborting the transaction", async () => {
    const other = session.client.withQueue("made_on_demand");
    const first = await other.spawnTask("job", {}, { ensureQueue: true });
    const second = await other.spawnTask("job", {}, { ensureQueue: true });
    expect(await other.getTaskStatus(first.taskId)).not.toBeNull();
    expect(await other.getTaskStatus(second.taskId)).not.toBeNull();
    await other.dropQueue();
  });

  test.each([
    ["a blank name", "  ", {}],
    ["no attempts", "job", { maxAttempts: 0 }],
    ["a fraction of an attempt", "job", { maxAttempts: 1.5 }],
    ["fractional cancellation rules", "job", { cancellation: { maxDurationSeconds: 1.5 } }],
    ["a negative delay", "job", { retryStrategy: { kind: "fixed", baseSeconds: -1 } as const }],
    ["an unknown kind of retry", "job", { retryStrategy: { kind: "linear" as "fixed" } }],
  ])("spawnTask: refuses %s before anything is sent", async (_what, name, options) => {
    await expect(session.client.spawnTask(name, {}, options)).rejects.toThrow(InvalidArgumentError);
    expect(await session.client.claimTasks()).toEqual([]);
  });

  test("cancelTask: cancels by task id", async () => {
    const { taskId } = await session.client.spawnTask("job");
    const outcome = { taskId, cancelled: true, state: "cancelled" };
    expect(await session.client.cancelTask({ taskId })).toEqual(outcome);
    expect(await session.client.cancelTask({ taskId })).toEqual({ ...outcome, cancelled: false });
    expect((await session.client.getTaskStatus(taskId))?.cancelledAt).toBeInstanceOf(Date);
  });

  test("cancelTask: cancels by run id, also while the run is executed", async () => {
    const { taskId, runId } = await session.client.spawnTask("job");
    await session.client.claimTasks();
    expect(await session.client.cancelTask({ runId })).toEqual({
      taskId,
      cancelled: true,
      state: "cancelled",
    });
    expect((await session.client.getRunStatus(runId))?.state).toBe("cancelled");
  });

  test("cancelTask: does not change an ended task", async () => {
    const { taskId, runId } = await session.client.spawnTask("job");
    await session.client.claimTasks();
    await session.client.completeTask(runId);
    expect(await session.client.cancelTask({ taskId })).toEqual({
      taskId,
      cancelled: false,
      state: "completed",
    });
  });

  test("cancelTask: throws for an unknown task", async () => {
    await expect(session.client.cancelTask({ taskId: UNKNOWN })).rejects.toThrow(TaskNotFoundError);
  });

  test("cancelTask: throws for an unknown run", async () => {
    await expect(session.client.cancelTask({ runId: UNKNOWN })).rejects.toMatchObject({
      constructor: RunNotFoundError,
      message: expect.stringContaining(UNKNOWN),
    });
  });

  test("retryTask: a limit that does not exceed the attempts is refused", async () => {
    const taskId = await failedTask();
    await expect(session.client.retryTask(taskId, { maxAttempts: 1 })).rejects.toThrow(
      "must be greater than current attempts",
    );
  });

  test("retryTask: gives a failed task one more attempt", async () => {
    const taskId = await failedTask();
    const retried = await session.client.retryTask(taskId);
    expect(retried).toMatchObject({ taskId, attempt: 2, created: false });
    expect(await session.client.getTaskStatus(taskId)).toMatchObject({
      state: "pending",
      maxAttempts: 2,
      lastAttemptRun: retried.runId,
    });
  });

  test("retryTask: spawns a new task with its own limit", async () => {
    const taskId = await failedTask();
    const retried = await session.client.retryTask(taskId, { spawnNew: true, maxAttempts: 7 });
    expect(retried).toMatchObject({ attempt: 1, created: true });
    expect(retried.taskId).not.toBe(taskId);
    expect(await session.client.getTaskStatus(retried.taskId)).toMatchObject({
      params: { to: 1 },
      headers: { h: 1 },
      maxAttempts: 7,
    });
  });

  test("getTaskStatus: the task's row, or null", async () => {
    await session.setClock("2026-03-02 12:00:00.123456+00");
    const { taskId } = await session.client.spawnTask("job", ["p"]);
    expect(await session.client.getTaskStatus(taskId)).toMatchObject({
      taskId,
      params: ["p"],
      enqueueAt: new Date("2026-03-02T12:00:00.123Z"),
      firstStartedAt: null,
      completedPayload: undefined,
      cancelledAt: null,
    });
    expect(await session.client.getTaskStatus(UNKNOWN)).toBeNull();
  });

  test("getTaskStatus: throws for an unknown queue", async () => {
    await expect(session.client.withQueue("nowhere").getTaskStatus(UNKNOWN)).rejects.toMatchObject({
      constructor: QueueNotFoundError,
      queue: "nowhere",
    });
  });

  test("getTaskResult: pending, completed, failed, cancelled or unknown", async () => {
    const { client } = session;
    const { taskId, runId } = await client.spawnTask("job");
    expect(await client.getTaskResult(taskId)).toEqual({ taskId, state: "pending" });
    await client.claimTasks();
    await client.completeTask(runId, { ok: 1 });
    expect(await client.getTaskResult(taskId)).toEqual({
      taskId,
      state: "completed",
      result: { ok: 1 },
    });
    const failed = await failedTask();
    expect(await client.getTaskResult(failed)).toMatchObject({
      state: "failed",
      failure: { name: "TaskExecutionError", message: "broken" },
    });
    const cancelled = await client.spawnTask("job");
    await client.cancelTask(cancelled);
    expect(await client.getTaskResult(cancelled.taskId)).toMatchObject({ state: "cancelled" });
    expect(await client.getTaskResult(UNKNOWN)).toBeNull();
  });
});
