import { Absurd } from "absurd-sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { STORAGE_MODES } from "../../model/queue.ts";
import { InvalidArgumentError, TaskNotFoundError } from "../errors.ts";
import { createQueue } from "../queues/queues.ts";
import { getCheckpointsForTask } from "../runs/checkpoints.ts";
import { forkTask, runAgain } from "./copies.ts";
import { spawnTask } from "./spawn.ts";
import { getTaskResult, getTaskStatus } from "./tasks.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const UNKNOWN = "00000000-0000-7000-8000-000000000000";
const STRATEGY = { kind: "exponential", baseSeconds: 5, factor: 3, maxSeconds: 60 } as const;

describe.each(STORAGE_MODES)("on an %s queue", (storageMode) => {
  let queue: string;
  let queues = 0;
  beforeEach(async () => {
    queue = `${storageMode}_${++queues}`;
    await createQueue(database.pool, queue, { storageMode });
  });
  const db = () => database.pool;

  test("running again copies the task's options but not its idempotency key", async () => {
    const given = {
      headers: { trace: "abc", nested: { nothing: null } },
      retryStrategy: STRATEGY,
      maxAttempts: 7,
      cancellation: { maxDelaySeconds: 60, maxDurationSeconds: 120 },
      idempotencyKey: "once",
    };
    const old = await spawnTask(db(), queue, "report", { rows: [1, null] }, given);
    const copy = await runAgain(db(), queue, old.taskId);
    expect(copy).toMatchObject({ attempt: 1 });
    expect(copy.taskId).not.toBe(old.taskId);

    const before = await getTaskStatus(db(), queue, old.taskId);
    expect(before).toMatchObject({ idempotencyKey: "once", headers: given.headers });
    expect(await getTaskStatus(db(), queue, copy.taskId)).toEqual({
      ...before,
      taskId: copy.taskId,
      lastAttemptRun: copy.runId,
      enqueueAt: expect.any(Date),
      idempotencyKey: null,
      headers: { ...given.headers, spawned_from: old.taskId },
    });
  });

  test("every value can be edited or removed", async () => {
    const old = await spawnTask(db(), queue, "report", 1, {
      retryStrategy: STRATEGY,
      maxAttempts: 7,
      cancellation: { maxDelaySeconds: 60 },
    });
    const edited = await runAgain(db(), queue, old.taskId, {
      name: "other",
      params: null,
      headers: { by: "me" },
      retryStrategy: { kind: "fixed", baseSeconds: 1 },
      maxAttempts: 2,
      cancellation: { maxDurationSeconds: 9 },
    });
    expect(await getTaskStatus(db(), queue, edited.taskId)).toMatchObject({
      taskName: "other",
      params: null,
      headers: { by: "me", spawned_from: old.taskId },
      retryStrategy: { kind: "fixed", base_seconds: 1 },
      maxAttempts: 2,
      cancellation: { max_duration: 9 },
    });
    const bare = await runAgain(db(), queue, old.taskId, {
      retryStrategy: null,
      maxAttempts: null,
      cancellation: null,
    });
    expect(await getTaskStatus(db(), queue, bare.taskId)).toMatchObject({
      params: 1,
      headers: { spawned_from: old.taskId },
      retryStrategy: null,
      maxAttempts: null,
      cancellation: null,
    });
  });

  test("numbers beyond a double are copied exactly", async () => {
    const exact = '{"n": 0.12345678901234567890123, "i": 123456789012345678901234567890}';
    const { rows } = await db().query("select * from absurd.spawn_task($1, 'task', $2)", [
      queue,
      exact,
    ]);
    const copy = await runAgain(db(), queue, rows[0].task_id);
    const stored = await db().query(
      `select params = $2::jsonb as same from absurd."t_${queue}" where task_id = $1`,
      [copy.taskId, exact],
    );
    expect(stored.rows).toEqual([{ same: true }]);
  });

  test("values stored as JSON null are omitted from the copy", async () => {
    const old = await spawnTask(db(), queue, "task");
    await db().query(
      `update absurd."t_${queue}" set retry_strategy = 'null', headers = '"text"', max_attempts = null`,
    );
    const copy = await runAgain(db(), queue, old.taskId);
    expect(await getTaskStatus(db(), queue, copy.taskId)).toMatchObject({
      headers: { spawned_from: old.taskId },
      retryStrategy: null,
      maxAttempts: null,
    });
  });

  test("a fork replays the steps before and executes the others, on a worker of the SDK", async () => {
    const executed: string[] = [];
    const worker = new Absurd({ db: db(), queueName: queue });
    worker.registerTask({ name: "pipeline" }, async (_params, ctx) => {
      const run = (name: string) =>
        ctx.step(name, async () => {
          executed.push(name);
          return `${name} of ${ctx.taskID}`;
        });
      return [await run("extract"), await run("transform"), await run("load")];
    });
    const { taskID } = await worker.spawn("pipeline", null);
    await worker.workBatch();
    executed.length = 0;

    const fork = await forkTask(db(), queue, taskID, "transform");
    expect(fork.copiedSteps).toEqual(["extract"]);
    expect(await getCheckpointsForTask(db(), queue, fork.taskId)).toMatchObject([
      { name: "extract", ownerRunId: fork.runId },
    ]);
    await worker.workBatch();
    expect(executed).toEqual(["transform", "load"]);
    expect(await getTaskResult(db(), queue, fork.taskId)).toMatchObject({
      result: [`extract of ${taskID}`, `transform of ${fork.taskId}`, `load of ${fork.taskId}`],
    });
    expect(await getTaskStatus(db(), queue, fork.taskId)).toMatchObject({
      headers: { spawned_from: taskID, forked_from_step: "transform" },
    });
    const whole = await forkTask(db(), queue, taskID, "extract", { params: { again: true } });
    expect(whole.copiedSteps).toEqual([]);
  });

  test("a failed fork is rolled back", async () => {
    const { taskId } = await spawnTask(db(), queue, "task");
    await expect(forkTask(db(), queue, taskId, "no step")).rejects.toThrow(InvalidArgumentError);
    await expect(forkTask(db(), queue, UNKNOWN, "step")).rejects.toThrow(TaskNotFoundError);
    await expect(runAgain(db(), queue, UNKNOWN)).rejects.toThrow(TaskNotFoundError);
    await expect(runAgain(db(), queue, taskId, { name: " " })).rejects.toThrow(
      InvalidArgumentError,
    );
    const { rows } = await db().query(`select count(*)::int as tasks from absurd."t_${queue}"`);
    expect(rows).toEqual([{ tasks: 1 }]);
  });
});
