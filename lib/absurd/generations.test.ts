import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { AbsurdClient } from "./absurd-client.ts";
import {
  AbsurdSleepError,
  EngineRefusalError,
  RunFailedError,
  RunNotFoundError,
  RunNotRunningError,
  TaskCancelledError,
  UnsupportedByEngineError,
} from "./errors.ts";
import { downgradeEngine, LEGACY_GENERATIONS } from "./testing/legacy.ts";

const GENERATIONS = ["0.5.1", ...LEGACY_GENERATIONS] as const;
const isAtLeast = (generation: string, release: string) =>
  generation.localeCompare(release, "en", { numeric: true }) >= 0;

type Subject = { taskId: string; runId: string };
type Verb = {
  /** The first release that has the feature. */
  since?: string;
  call: (client: AbsurdClient, running: Subject) => Promise<unknown>;
};

/** A call of every method that needs the engine, each with a running run in its own queue. */
const VERBS: Partial<Record<keyof AbsurdClient, Verb>> = {
  createQueue: { call: (client) => client.createQueue() },
  dropQueue: { call: (client) => client.dropQueue() },
  listQueues: { call: (client) => client.listQueues() },
  getQueuePolicy: { since: "0.4.0", call: (client) => client.getQueuePolicy() },
  setQueuePolicy: { since: "0.4.0", call: (client) => client.setQueuePolicy({ cleanupLimit: 5 }) },
  cleanupTasks: { call: (client) => client.cleanupTasks({ ttlSeconds: 60 }) },
  cleanupEvents: { call: (client) => client.cleanupEvents({ ttlSeconds: 60 }) },
  cleanupAllQueues: { since: "0.4.0", call: (client) => client.cleanupAllQueues() },
  getCapabilities: { call: (client) => client.getCapabilities() },
  getSchemaVersion: { call: (client) => client.getSchemaVersion() },
  spawnTask: { call: (client) => client.spawnTask("task", { n: 1 }, { maxAttempts: 2 }) },
  cancelTask: { call: (client, { runId }) => client.cancelTask({ runId }) },
  retryTask: {
    since: "0.2.0",
    call: async (client, { taskId, runId }) => {
      await client.failTask(runId, "broken");
      return client.retryTask(taskId);
    },
  },
  runAgain: { call: (client, { taskId }) => client.runAgain(taskId) },
  forkTask: {
    call: async (client, { taskId, runId }) => {
      await client.saveCheckpointForRun(runId, "one", 1);
      await client.saveCheckpointForRun(runId, "two", 2);
      const fork = await client.forkTask(taskId, "two");
      expect(await client.getCheckpointsForRun(fork.runId)).toEqual({ one: 1 });
    },
  },
  getTaskStatus: { call: (client, { taskId }) => client.getTaskStatus(taskId) },
  getTaskResult: { call: (client, { taskId }) => client.getTaskResult(taskId) },
  claimTasks: { call: (client) => client.claimTasks() },
  claimTask: { call: (client) => client.claimTask() },
  completeTask: { call: (client, { runId }) => client.completeTask(runId, "done") },
  failTask: { call: (client, { runId }) => client.failTask(runId, "broken") },
  scheduleRun: { call: (client, { runId }) => client.scheduleRun(runId, { inSeconds: 1 }) },
  scheduleTask: { call: (client, { runId }) => client.scheduleTask(runId, { inSeconds: 1 }) },
  previewReschedule: {
    call: async (client) => client.previewReschedule((await client.spawnTask("task")).runId),
  },
  rescheduleRun: {
    call: async (client) =>
      client.rescheduleRun({ runId: (await client.spawnTask("task")).runId, at: "now" }),
  },
  extendClaim: { since: "0.0.5", call: (client, { runId }) => client.extendClaim(runId, 60) },
  getRunStatus: { call: (client, { runId }) => client.getRunStatus(runId) },
  getTaskIdForRun: { call: (client, { runId }) => client.getTaskIdForRun(runId) },
  setCheckpoint: {
    call: (client, { taskId, runId }) =>
      client.setCheckpoint({ taskId, stepName: "s", state: 1, ownerRunId: runId }),
  },
  getCheckpoint: { call: (client, { taskId }) => client.getCheckpoint(taskId, "s") },
  getCheckpoints: { call: (client, { taskId, runId }) => client.getCheckpoints(taskId, runId) },
  getCheckpointsForTask: { call: (client, { taskId }) => client.getCheckpointsForTask(taskId) },
  getCheckpointsForRun: { call: (client, { runId }) => client.getCheckpointsForRun(runId) },
  getRunCheckpoint: { call: (client, { runId }) => client.getRunCheckpoint(runId, "s") },
  saveCheckpointForRun: { call: (client, { runId }) => client.saveCheckpointForRun(runId, "s", 1) },
  step: { call: (client, running) => client.step({ ...running, name: "s" }, () => 1) },
  awaitEvent: {
    call: (client, running) => client.awaitEvent({ ...running, stepName: "s", eventName: "go" }),
  },
  waitForEvent: {
    call: async (client, { runId }) => {
      await client.emitEvent("go", 1);
      return client.waitForEvent({ runId, eventName: "go", timeoutSeconds: null });
    },
  },
  setRunSleeping: {
    call: async (client, { runId }) => {
      await client.scheduleRun(runId, { inSeconds: 9 });
      await client.setRunSleeping(runId);
    },
  },
  emitEvent: { call: (client) => client.emitEvent("go", { n: 1 }) },
  previewEmit: { call: (client) => client.previewEmit("go") },
  getEvent: { call: (client) => client.getEvent("go") },
  listEvents: { call: (client) => client.listEvents() },
  listWaits: { call: (client) => client.listWaits() },
  sleep: {
    call: (client, { runId }) =>
      expect(client.sleep({ runId, stepName: "nap", seconds: 9 })).rejects.toThrow(
        AbsurdSleepError,
      ),
  },
};

describe.each(GENERATIONS)("on an engine of schema %s", (generation) => {
  let database: TestDatabase;
  let client: AbsurdClient;
  let running: Subject;
  let queues = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    if (generation !== "0.5.1") await downgradeEngine(database.pool, generation);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    client = new AbsurdClient({ queueName: `q${++queues}`, db: database.pool });
    await client.createQueue();
    running = await client.spawnTask("task");
    await client.claimTasks();
  });

  test.each(Object.entries(VERBS))(
    "%s works, or names the first version that has it",
    async (name, verb) => {
      const attempt = verb.call(client, running);
      if (isAtLeast(generation, verb.since ?? "0.0.1")) {
        await attempt;
        return;
      }
      const error = await attempt.catch((reason: unknown) => reason);
      expect(error, name).toBeInstanceOf(UnsupportedByEngineError);
      const found = isAtLeast(generation, "0.2.0") ? generation : "older than 0.2.0";
      expect(error).toMatchObject({ since: verb.since, found });
    },
  );

  test("idempotency keys and storage modes work, or name the first version that has them", async () => {
    const withKey = client.spawnTask("task", null, { idempotencyKey: "once" });
    if (isAtLeast(generation, "0.0.6")) expect(await withKey).toMatchObject({ created: true });
    else await expect(withKey).rejects.toMatchObject({ since: "0.0.6" });
    const partitioned = client.withQueue("weekly").createQueue({ storageMode: "partitioned" });
    if (isAtLeast(generation, "0.4.0")) await partitioned;
    else await expect(partitioned).rejects.toMatchObject({ since: "0.4.0" });
  });

  test("results and failures are returned", async () => {
    const failing = await client.spawnTask("task");
    await client.claimTasks();
    await client.failTask(failing.runId, { message: "broken" });
    await client.completeTask(running.runId, { ok: true });
    expect(await client.getTaskResult(running.taskId)).toEqual({
      taskId: running.taskId,
      state: "completed",
      result: { ok: true },
    });
    expect(await client.getTaskResult(failing.taskId)).toEqual({
      taskId: failing.taskId,
      state: "failed",
      failure: { message: "broken" },
    });
  });

  test("calls of a cancelled task's worker throw as that engine does", async () => {
    await client.cancelTask(running);
    await expect(client.completeTask(running.runId)).rejects.toThrow(
      isAtLeast(generation, "0.4.0") ? TaskCancelledError : RunNotRunningError,
    );
    await expect(client.saveCheckpointForRun(running.runId, "s", 1)).rejects.toThrow(
      TaskCancelledError,
    );
  });

  test("the lease of a run that has none is not extended", async () => {
    if (!isAtLeast(generation, "0.0.5")) return;
    const unknown = "00000000-0000-7000-8000-000000000000";
    await expect(client.extendClaim(unknown, 60)).rejects.toThrow(RunNotFoundError);
    const { runId } = await client.spawnTask("task");
    await expect(client.extendClaim(runId, 60)).rejects.toThrow(RunNotRunningError);
    await client.claimTasks({ claimTimeoutSeconds: 0 });
    await expect(client.extendClaim(runId, 60)).rejects.toThrow("does not have an active claim");
    await client.completeTask(runId);
    await expect(client.extendClaim(runId, 60)).rejects.toThrow(RunNotRunningError);
    const failed = await client.spawnTask("task");
    await client.claimTasks();
    await client.failTask(failed.runId, "broken");
    await expect(client.extendClaim(failed.runId, 60)).rejects.toThrow(
      generation === "0.1.0" ? RunNotRunningError : RunFailedError,
    );
    await client.extendClaim(running.runId, 60);
    await client.cancelTask(running);
    await expect(client.extendClaim(running.runId, 60)).rejects.toThrow(TaskCancelledError);
  });

  test("queue names are limited as that engine limits them", async () => {
    const create = (queueName: string) =>
      new AbsurdClient({ queueName, db: database.pool, allowAnyQueueName: true }).createQueue();
    await create("x".repeat(48));
    const longer = create("x".repeat(57));
    if (isAtLeast(generation, "0.1.0")) await longer;
    else await expect(longer).rejects.toThrow(EngineRefusalError);
    const blank = create(" ");
    if (isAtLeast(generation, "0.4.0")) await blank;
    else await expect(blank).rejects.toThrow(EngineRefusalError);
  });

  test("an emit after the first one does what its preview returns", async () => {
    const { taskId, runId } = running;
    await client.awaitEvent({ taskId, runId, stepName: "s", eventName: "go" });
    const first = await client.previewEmit("go");
    expect(first).toMatchObject({ outcome: "stored", wakes: [{ taskId, runId, stepName: "s" }] });
    await client.emitEvent("go", 1);
    expect(await client.claimTasks()).toMatchObject([{ runId, eventPayload: 1 }]);
    const { outcome } = await client.previewEmit("go");
    expect(outcome).toBe(isAtLeast(generation, "0.1.0") ? "ignored" : "overwritten");
    await client.emitEvent("go", 2);
    expect((await client.getEvent("go"))?.payload).toBe(outcome === "ignored" ? 1 : 2);
  });

  describe("rescheduling to now makes ready", () => {
    const move = async (runId: string, kind: string) => {
      expect(await client.claimTasks()).toEqual([]);
      expect(await client.rescheduleRun({ runId, at: "now" })).toMatchObject({ kind });
      const [claimed] = await client.claimTasks();
      expect(claimed).toMatchObject({ runId });
      return claimed;
    };

    test("a task queued for later", async () => {
      const { runId } = await client.spawnTask("task");
      await client.rescheduleRun({ runId, at: new Date(Date.now() + 3_600_000) });
      await move(runId, "queued");
    });

    test("a retry in its backoff", async () => {
      const { taskId } = await client.spawnTask("task", null, {
        maxAttempts: 2,
        retryStrategy: { kind: "fixed", baseSeconds: 3600 },
      });
      const [first] = await client.claimTasks();
      await client.failTask(first?.runId ?? "", "not yet");
      const task = await client.getTaskStatus(taskId);
      await move(task?.lastAttemptRun ?? "", "backoff");
    });

    test("a sleeper, and ends its sleep", async () => {
      const { runId } = running;
      const nap = () => client.sleep({ runId, stepName: "nap", seconds: 3600 });
      await expect(nap()).rejects.toThrow(AbsurdSleepError);
      await move(runId, "sleep");
      await nap();
    });

    test("a waiter, and times out its wait", async () => {
      const wait = { ...running, stepName: "s", eventName: "go", timeoutSeconds: 3600 };
      await client.awaitEvent(wait);
      expect(await move(running.runId, "event-wait")).toMatchObject({ wakeEvent: "go" });
      expect(await client.awaitEvent(wait)).toEqual({ status: "timeout" });
    });

    test("a waiter without timeout, while the event still wakes it", async () => {
      const wait = { ...running, stepName: "s", eventName: "go", timeoutSeconds: 3600 };
      await client.awaitEvent(wait);
      await client.rescheduleRun({ runId: running.runId, at: "never" });
      await client.emitEvent("go", "at last");
      expect(await client.claimTasks()).toMatchObject([{ runId: running.runId }]);
      expect(await client.awaitEvent(wait)).toEqual({ status: "received", payload: "at last" });
    });

    test("a run that was put back", async () => {
      await client.scheduleRun(running.runId, { inSeconds: 3600 });
      await move(running.runId, "deferred");
    });
  });
});

test("every method that needs the engine is tested", () => {
  const client = new AbsurdClient({ queueName: "q" });
  const methods = Object.keys(client).filter(
    (name) => typeof client[name as keyof AbsurdClient] === "function",
  );
  // Workflow runs are not part of the engine.
  expect(methods.filter((name) => !name.includes("Workflow")).sort()).toEqual(
    Object.keys(VERBS).sort(),
  );
});
