import { randomUUID } from "node:crypto";
import { Absurd, TimeoutError } from "absurd-sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { STORAGE_MODES } from "../../model/queue.ts";
import { atomically } from "../connection/atomically.ts";
import { InvalidArgumentError, RunChangedError, RunNotFoundError } from "../errors.ts";
import { emitEvent } from "../events/events.ts";
import { listWaits } from "../events/waits.ts";
import { createQueue } from "../queues/queues.ts";
import { lockTasks } from "../tasks/batch.ts";
import { spawnTask } from "../tasks/spawn.ts";
import { cancelTask, getTaskStatus } from "../tasks/tasks.ts";
import { getCheckpoint, saveCheckpointForRun } from "./checkpoints.ts";
import { rescheduleRun, runLockedNow } from "./reschedule.ts";
import { previewReschedule } from "./reschedule-preview.ts";
import { failTask, getRunStatus } from "./runs.ts";

const HOUR = 3600;
const inAnHour = () => new Date(Date.now() + HOUR * 1000);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe.each(STORAGE_MODES)("with a worker of the SDK on an %s queue", (storageMode) => {
  let queue: string;
  let worker: Absurd;
  let queues = 0;

  beforeEach(async () => {
    queue = `${storageMode} ${++queues}`;
    await createQueue(database.pool, queue, { storageMode });
    worker = new Absurd({ db: database.pool, queueName: queue, log: silent });
    worker.registerTask({ name: "plain" }, async () => "done");
    let failures = 1;
    worker.registerTask({ name: "flaky" }, async () => {
      if (failures-- > 0) throw new Error("not yet");
      return "done";
    });
    worker.registerTask({ name: "sleeper" }, async (_params, ctx) => {
      await ctx.step("before", async () => "2020-01-01T00:00:00.000Z");
      await ctx.sleepFor("nap", HOUR);
      return "done";
    });
    worker.registerTask({ name: "waiter" }, async (_params, ctx) => {
      try {
        return await ctx.awaitEvent("go", { timeout: HOUR });
      } catch (error) {
        // Other errors, such as the SDK's suspension, must propagate.
        if (error instanceof TimeoutError) return "timed out";
        throw error;
      }
    });
  });

  const db = () => database.pool;
  const work = () => worker.workBatch("worker", 60, 10);
  const spawn = async (name: string) => {
    const { taskID, runID } = await worker.spawn(name, null, {
      queue,
      retryStrategy: { kind: "fixed", baseSeconds: HOUR },
    });
    return { taskId: taskID, runId: runID };
  };
  const status = async (taskId: string) => {
    const task = await getTaskStatus(db(), queue, taskId);
    const run = task?.lastAttemptRun && (await getRunStatus(db(), queue, task.lastAttemptRun));
    if (!task || !run) throw new Error("the task is gone");
    expect(run.state).toBe(task.state);
    return { state: task.state, run, result: task.completedPayload };
  };
  /** Moves the run to a later time, at which no worker claims it, and then to now, when a worker finishes it. */
  const moveLaterThenNow = async (taskId: string, kinds: string[], result: unknown) => {
    const later = inAnHour();
    const { run } = await status(taskId);
    const moved = await rescheduleRun(db(), queue, { runId: run.runId, at: later });
    expect(moved).toMatchObject({ kind: kinds[0], at: later, runId: run.runId, taskId });
    await work();
    const waiting = await status(taskId);
    expect(waiting).toMatchObject({ state: "sleeping", run: { availableAt: later } });

    const again = await rescheduleRun(db(), queue, { runId: run.runId, at: "now" });
    expect(again.kind).toBe(kinds[1] ?? kinds[0]);
    await work();
    expect(await status(taskId)).toMatchObject({ state: "completed", result });
  };

  test("a queued task starts at the new time", async () => {
    const { taskId } = await spawn("plain");
    await moveLaterThenNow(taskId, ["queued"], "done");
  });

  test("a task in its retry backoff is retried at the new time", async () => {
    const { taskId } = await spawn("flaky");
    await work();
    expect(await status(taskId)).toMatchObject({ state: "sleeping", run: { attempt: 2 } });
    await moveLaterThenNow(taskId, ["backoff"], "done");
  });

  test("a task woken by an event keeps the event and resumes at the new time", async () => {
    const { taskId } = await spawn("waiter");
    await work();
    await emitEvent(db(), queue, "go", { ticket: 7 });
    expect(await status(taskId)).toMatchObject({ state: "pending" });
    await moveLaterThenNow(taskId, ["woken", "deferred"], { ticket: 7 });
  });

  test("a durable sleep ends at the new time", async () => {
    const { taskId, runId } = await spawn("sleeper");
    await work();
    expect(await previewReschedule(db(), queue, runId)).toMatchObject({
      kind: "sleep",
      step: "nap",
      state: "sleeping",
    });
    const later = inAnHour();
    await rescheduleRun(db(), queue, { runId, at: later });
    const checkpoint = await getCheckpoint(db(), queue, taskId, "nap");
    expect(checkpoint?.state).toBe(later.toISOString().replace("Z", "+00:00"));
    await moveLaterThenNow(taskId, ["sleep"], "done");
    const before = await getCheckpoint(db(), queue, taskId, "before");
    expect(before?.state).toBe("2020-01-01T00:00:00.000Z");
  });

  test("locked runs of every kind are moved to now at once, but not event waits, ready or ended ones", async () => {
    const [backoff, sleeper, waiter] = [
      await spawn("flaky"),
      await spawn("sleeper"),
      await spawn("waiter"),
    ];
    await work();
    const [ready, ended, later] = [
      await spawn("plain"),
      await spawn("plain"),
      await spawn("plain"),
    ];
    await cancelTask(db(), queue, { taskId: ended.taskId });
    await rescheduleRun(db(), queue, { runId: later.runId, at: inAnHour() });
    const retry = (await status(backoff.taskId)).run.runId;
    const all = [retry, ...[sleeper, waiter, ready, ended, later].map(({ runId }) => runId)];
    const runs = await atomically(db(), async (tx) => {
      await lockTasks(
        tx,
        queue,
        [backoff, sleeper, waiter, ready, ended, later].map(({ taskId }) => taskId),
      );
      return runLockedNow(tx, queue, [...all, randomUUID()]);
    });
    const kinds = [...runs.values()].map((run) =>
      run instanceof RunChangedError
        ? run.now
        : `${run.before.kind} ${run.after ? "moved" : "unchanged"}`,
    );
    expect(kinds.sort()).toEqual([
      "backoff moved",
      "event-wait unchanged",
      "is cancelled now",
      "queued moved",
      "queued unchanged",
      "sleep moved",
    ]);
    await work();
    for (const { taskId } of [backoff, sleeper, ready, later])
      expect(await status(taskId)).toMatchObject({ state: "completed", result: "done" });
    expect(await status(waiter.taskId)).toMatchObject({ state: "sleeping" });
  });

  test("a polling worker resumes a sleeper at the new time and not before", async () => {
    const { taskId, runId } = await spawn("sleeper");
    await work();
    const at = new Date(Date.now() + 700);
    await rescheduleRun(db(), queue, { runId, at });
    const polling = await worker.startWorker({ pollInterval: 0.02 });
    await worker.awaitTaskResult(taskId);
    await polling.close();
    const { run, result } = await status(taskId);
    expect(result).toBe("done");
    expect(run.startedAt?.getTime()).toBeGreaterThanOrEqual(at.getTime());
  });

  test("a sleep that an earlier attempt started is recognised", async () => {
    const { taskId, runId } = await spawn("sleeper");
    await worker.claimTasks();
    await saveCheckpointForRun(db(), queue, runId, "before", null);
    await saveCheckpointForRun(db(), queue, runId, "nap", inAnHour().toISOString());
    await failTask(db(), queue, runId, "the worker died", { retryAt: new Date() });
    await work();
    const { run } = await status(taskId);
    expect(run).toMatchObject({ attempt: 2, state: "sleeping" });
    await moveLaterThenNow(taskId, ["sleep"], "done");
  });

  test("a sleep is recognised when clocks differ by seconds, and other times are not sleeps", async () => {
    const { taskId, runId } = await spawn("sleeper");
    await work();
    const kindWith = async (state: string) => {
      await db().query(
        `update absurd."c_${queue}" c set state = to_jsonb(${state})
           from absurd."r_${queue}" r
          where c.task_id = $1 and checkpoint_name = 'nap' and r.task_id = c.task_id`,
        [taskId],
      );
      return (await previewReschedule(db(), queue, runId)).kind;
    };
    const shifted = (seconds: number) => `r.available_at + interval '${seconds} seconds'`;
    expect(await kindWith(shifted(-8))).toBe("sleep");
    expect(await kindWith(shifted(8))).toBe("sleep");
    expect(await kindWith(shifted(-15))).toBe("deferred");
    expect(await kindWith(shifted(15))).toBe("deferred");
    expect(await kindWith("'tomorrow'::text")).toBe("deferred");
    expect(await kindWith("extract(epoch from r.available_at)")).toBe("deferred");
  });

  test("an event wait times out at the new time", async () => {
    const { taskId, runId } = await spawn("waiter");
    await work();
    expect(await previewReschedule(db(), queue, runId)).toMatchObject({
      kind: "event-wait",
      event: "go",
      step: "$awaitEvent:go",
    });
    const later = inAnHour();
    await rescheduleRun(db(), queue, { runId, at: later });
    expect(await listWaits(db(), queue)).toMatchObject([{ runId, timeoutAt: later }]);
    await moveLaterThenNow(taskId, ["event-wait"], "timed out");
  });

  test("an event wait without timeout lasts until the event", async () => {
    const { taskId, runId } = await spawn("waiter");
    await work();
    await rescheduleRun(db(), queue, { runId, at: "never" });
    expect(await listWaits(db(), queue)).toMatchObject([{ runId, timeoutAt: null }]);
    expect(await status(taskId)).toMatchObject({ run: { availableAt: "infinity" } });
    await emitEvent(db(), queue, "go", "late");
    await work();
    expect(await status(taskId)).toMatchObject({ state: "completed", result: "late" });
  });

  test("a task that a worker put back is claimed at the new time", async () => {
    const { taskId } = await spawn("unknown");
    await work();
    expect(await status(taskId)).toMatchObject({ state: "sleeping" });
    worker.registerTask({ name: "unknown" }, async () => "known now");
    await moveLaterThenNow(taskId, ["deferred"], "known now");
  });

  test("now is the database's clock, and the task's deadline is returned", async () => {
    const session = await database.pool.connect();
    const setClock = (time: string) =>
      session.query("select set_config('absurd.fake_now', $1, false)", [time]);
    await setClock("2030-01-01T12:00:00Z");
    const { runId } = await spawnTask(session, queue, "plain", null, {
      cancellation: { maxDelaySeconds: 90, maxDurationSeconds: 5 },
    });
    await setClock("2030-01-01T12:01:00Z");
    expect(await rescheduleRun(session, queue, { runId, at: "now" })).toMatchObject({
      at: new Date("2030-01-01T12:01:00Z"),
      state: "pending",
      cancelledAt: new Date("2030-01-01T12:01:30Z"),
    });
    await setClock("");
    session.release();
  });

  test("a run that does not wait is refused with its state", async () => {
    const { taskId, runId } = await spawn("plain");
    await worker.claimTasks({ workerId: "busy-1" });
    const running = await rescheduleRun(db(), queue, { runId, at: "now" }).catch((e) => e);
    expect(running).toBeInstanceOf(RunChangedError);
    expect(running).toMatchObject({ state: "running", now: "is running now on busy-1" });
    await worker.cancelTask(taskId, queue);
    await expect(previewReschedule(db(), queue, runId)).rejects.toThrow("is cancelled now");
    const unknown = "00000000-0000-7000-8000-000000000000";
    await expect(previewReschedule(db(), queue, unknown)).rejects.toThrow(RunNotFoundError);
  });

  test("only a waiting run can wait without timeout", async () => {
    const sleeping = await spawn("sleeper");
    const waiting = await spawn("waiter");
    await work();
    const never = (runId: string) => rescheduleRun(db(), queue, { runId, at: "never" });
    await expect(never(sleeping.runId)).rejects.toThrow(InvalidArgumentError);
    // The event is emitted after the deadline, so it wakes no run.
    await rescheduleRun(db(), queue, { runId: waiting.runId, at: "now" });
    await emitEvent(db(), queue, "go");
    await expect(never(waiting.runId)).rejects.toThrow(InvalidArgumentError);
    await expect(
      rescheduleRun(db(), queue, { runId: sleeping.runId, at: new Date(Number.NaN) }),
    ).rejects.toThrow(InvalidArgumentError);
  });
});

const silent = { log() {}, info() {}, warn() {}, error() {} };
