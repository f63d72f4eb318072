import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import {
  EngineRefusalError,
  InvalidArgumentError,
  RunNotFoundError,
  RunNotRunningError,
} from "../errors.ts";

const UNKNOWN = "0198c0de-0000-7000-8000-000000000000";
const NOON = "2026-03-02T12:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000);

describeBothWays("runs", (session) => {
  /** Spawns a task and claims it at noon. */
  async function running(options: { maxAttempts?: number; claimTimeoutSeconds?: number } = {}) {
    const { maxAttempts = 1, claimTimeoutSeconds = 30 } = options;
    await session.setClock(NOON);
    const spawned = await session.client.spawnTask("job", { n: 1 }, { maxAttempts });
    await session.client.claimTasks({ claimTimeoutSeconds });
    return spawned;
  }

  test("claimTasks: returns due runs with params, headers and event", async () => {
    const { client } = session;
    const { taskId, runId } = await client.spawnTask(
      "job",
      { n: 9007199254740993n },
      { headers: { h: 1 }, retryStrategy: { kind: "fixed", baseSeconds: 1 }, maxAttempts: 3 },
    );
    expect(await client.claimTasks()).toEqual([
      {
        runId,
        taskId,
        attempt: 1,
        taskName: "job",
        params: { n: 9007199254740993n },
        retryStrategy: { kind: "fixed", base_seconds: 1 },
        maxAttempts: 3,
        headers: { h: 1 },
        wakeEvent: null,
        eventPayload: undefined,
      },
    ]);
    expect(await client.claimTasks()).toEqual([]);
    expect((await client.getRunStatus(runId))?.claimedBy).toBe(client.workerId);
  });

  test("claimTasks: claims up to the quantity, for the given worker, oldest first", async () => {
    const { client } = session;
    const spawned = [];
    for (const name of ["a", "b", "c"]) spawned.push(await client.spawnTask(name));
    const claimed = await client.claimTask({ quantity: 2, workerId: "me" });
    expect(claimed.map((task) => task.taskName)).toEqual(["a", "b"]);
    expect((await client.getRunStatus(spawned[0]?.runId ?? ""))?.claimedBy).toBe("me");
  });

  test("claimTasks: a timeout of 0 gives a lease that never expires", async () => {
    const { runId } = await running({ claimTimeoutSeconds: 0 });
    await session.setClock(later(10 * 365 * 86_400).toISOString());
    expect(await session.client.claimTasks()).toEqual([]);
    expect(await session.client.getRunStatus(runId)).toMatchObject({
      state: "running",
      claimExpiresAt: null,
    });
  });

  test("claimTasks: takes over from a worker whose lease has expired", async () => {
    const { taskId, runId } = await running({ maxAttempts: 2 });
    await session.setClock(later(30).toISOString());
    expect(await session.client.claimTasks()).toMatchObject([{ taskId, attempt: 2 }]);
    expect((await session.client.getRunStatus(runId))?.failureReason).toMatchObject({
      name: "$ClaimTimeout",
    });
  });

  test("completeTask: ends the run and its task with a result", async () => {
    const { taskId, runId } = await running();
    await session.client.completeTask(runId, { sum: 3 });
    expect(await session.client.getRunStatus(runId)).toMatchObject({
      state: "completed",
      result: { sum: 3 },
      completedAt: later(0),
      claimExpiresAt: later(30),
    });
    expect(await session.client.getTaskStatus(taskId)).toMatchObject({
      state: "completed",
      completedPayload: { sum: 3 },
    });
  });

  test("completeTask: throws for an unknown run and for one that is not running", async () => {
    const { client, db } = session;
    const { runId } = await client.spawnTask("job");
    await db.query("savepoint s").catch(() => {});
    await expect(client.completeTask(UNKNOWN)).rejects.toThrow(RunNotFoundError);
    await db.query("rollback to savepoint s").catch(() => {});
    await expect(client.completeTask(runId)).rejects.toThrow(RunNotRunningError);
  });

  test.each([
    ["a text", "no luck", { name: "TaskExecutionError", message: "no luck" }],
    ["an Error", new TypeError("bad"), { name: "TypeError", message: "bad" }],
    ["any JSON", { code: 7 }, { code: 7 }],
    [
      "a text the database cannot store",
      "a\0b\ud800",
      { name: "TaskExecutionError", message: "a\uFFFDb\uFFFD" },
    ],
  ])("failTask: records %s", async (_what, reason, stored) => {
    const { taskId, runId } = await running();
    await session.client.failTask(runId, reason);
    const status = await session.client.getRunStatus(runId);
    expect(status).toMatchObject({ state: "failed", failedAt: later(0), failureReason: stored });
    expect((await session.client.getTaskStatus(taskId))?.state).toBe("failed");
  });

  test("failTask: an Error keeps its stack and the time", async () => {
    const { runId } = await running();
    const error = new Error("bad");
    await session.client.failTask(runId, error);
    expect((await session.client.getRunStatus(runId))?.failureReason).toEqual({
      name: "Error",
      message: "bad",
      stack: error.stack,
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test("failTask: retryAt sets the time of the next attempt", async () => {
    const { taskId, runId } = await running({ maxAttempts: 2 });
    await session.client.failTask(runId, "later", { retryAt: later(90) });
    const task = await session.client.getTaskStatus(taskId);
    expect(task).toMatchObject({ state: "sleeping", attempts: 2 });
    expect((await session.client.getRunStatus(task?.lastAttemptRun ?? ""))?.availableAt).toEqual(
      later(90),
    );
  });

  test.each([
    ["a date", later(60), later(60)],
    ["seconds of the database's clock", { inSeconds: 2.5 }, later(2.5)],
    ["never", "infinity" as const, "infinity"],
  ])("scheduleRun: puts a running run to sleep until %s", async (_what, wakeAt, availableAt) => {
    const { taskId, runId } = await running();
    await session.client.scheduleRun(runId, wakeAt);
    expect(await session.client.getRunStatus(runId)).toMatchObject({
      state: "sleeping",
      availableAt,
      claimedBy: null,
      claimExpiresAt: null,
    });
    expect((await session.client.getTaskStatus(taskId))?.state).toBe("sleeping");
  });

  test("scheduleRun: refuses a task that was only spawned", async () => {
    const { runId } = await session.client.spawnTask("job");
    await expect(session.client.scheduleTask(runId, { inSeconds: 1 })).rejects.toThrow(
      RunNotRunningError,
    );
  });

  test("scheduleRun: refuses an invalid date", async () => {
    await expect(session.client.scheduleRun(UNKNOWN, new Date(Number.NaN))).rejects.toThrow(
      InvalidArgumentError,
    );
  });

  test("extendClaim: the lease ends the given seconds from now, earlier or later than before", async () => {
    const { runId } = await running({ claimTimeoutSeconds: 100 });
    await session.setClock(later(10).toISOString());
    await session.client.extendClaim(runId, 500);
    expect((await session.client.getRunStatus(runId))?.claimExpiresAt).toEqual(later(510));
    await session.client.extendClaim(runId, 5);
    expect((await session.client.getRunStatus(runId))?.claimExpiresAt).toEqual(later(15));
  });

  test.each([0, -1, 1.5])("extendClaim: refuses %d seconds", async (seconds) => {
    await expect(session.client.extendClaim(UNKNOWN, seconds)).rejects.toThrow(
      InvalidArgumentError,
    );
  });

  test("extendClaim: refuses a run without a lease", async () => {
    const { runId } = await running({ claimTimeoutSeconds: 0 });
    await expect(session.client.extendClaim(runId, 5)).rejects.toThrow(EngineRefusalError);
  });

  test("getRunStatus: the run's row, or null", async () => {
    const { taskId, runId } = await running();
    expect(await session.client.getRunStatus(runId)).toEqual({
      runId,
      taskId,
      attempt: 1,
      state: "running",
      claimedBy: session.client.workerId,
      claimExpiresAt: later(30),
      availableAt: later(0),
      wakeEvent: null,
      eventPayload: undefined,
      startedAt: later(0),
      completedAt: null,
      failedAt: null,
      result: undefined,
      failureReason: undefined,
      createdAt: later(0),
    });
    expect(await session.client.getRunStatus(UNKNOWN)).toBeNull();
  });

  test("getTaskIdForRun: the run's task, or null", async () => {
    const { taskId, runId } = await session.client.spawnTask("job");
    expect(await session.client.getTaskIdForRun(runId)).toBe(taskId);
    expect(await session.client.getTaskIdForRun(UNKNOWN)).toBeNull();
  });
});
