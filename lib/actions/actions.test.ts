import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { awaitEvent, emitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, completeTask, failTask, scheduleRun } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { getTask } from "@/lib/analytics/task";
import { openTestDatabase } from "@/testing/dashboard-database";
import { emitEventAction } from "./events";
import { getEmitPreview } from "./previews/events";
import { getReschedulePreview } from "./previews/runs";
import type { ActionResult } from "./result";
import { extendLeaseAction, rescheduleRunAction } from "./runs";
import { cancelTaskAction, retryTaskAction } from "./tasks";

const queue = `ops "queue"`;
const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
const info = vi.spyOn(console, "info").mockImplementation(() => {});

beforeAll(() => createQueue(database.pool, queue));
beforeEach(() => {
  info.mockClear();
});

const spawn = async (options = {}) =>
  (await spawnTask(database.pool, queue, "work", { secret: 1 }, { maxAttempts: 1, ...options }))
    .taskId;

async function start(options = {}): Promise<{ taskId: string; runId: string }> {
  const taskId = await spawn(options);
  const runs = await claimTasks(database.pool, queue, { quantity: 50 });
  const runId = runs.find((run) => run.taskId === taskId)?.runId ?? "";
  return { taskId, runId };
}

async function fail(options = {}): Promise<string> {
  const { taskId, runId } = await start(options);
  await failTask(database.pool, queue, runId, "broken");
  return taskId;
}

async function stateOf(taskId: string): Promise<string> {
  return (await getTask(queue, taskId)).task.state;
}

function refusal<T>(result: ActionResult<T>) {
  if (result.ok) throw new Error("it was not refused");
  expect(result.error.changed).toBe(false);
  return result.error;
}

const NOTHING = "01900000-0000-7000-8000-000000000000";

test("cancel: an active task is cancelled once", async () => {
  const taskId = await spawn();
  expect(await cancelTaskAction({ queue, taskId })).toEqual({
    ok: true,
    data: { taskId, state: "cancelled" },
  });
  const again = refusal(await cancelTaskAction({ queue, taskId }));
  expect(again).toMatchObject({ code: "already_ended", message: "The task is already cancelled." });
});

test("cancel: refused if the task completes first, even at the same moment", async () => {
  const { taskId, runId } = await start();
  const worker = await database.pool.connect();
  await worker.query("begin");
  await completeTask(worker, queue, runId);
  const cancelling = cancelTaskAction({ queue, taskId });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await worker.query("commit");
  worker.release();
  expect(refusal(await cancelling).code).toBe("already_ended");
  expect(await stateOf(taskId)).toBe("completed");
});

test("a missing task or queue is reported as not found", async () => {
  expect(refusal(await cancelTaskAction({ queue, taskId: NOTHING })).code).toBe("task_not_found");
  expect(refusal(await cancelTaskAction({ queue: "nowhere", taskId: NOTHING })).code).toBe(
    "queue_not_found",
  );
  expect(refusal(await getReschedulePreview({ queue, runId: NOTHING })).code).toBe(
    "task_not_found",
  );
});

test("malformed input never reaches the database", async () => {
  const bad = refusal(await cancelTaskAction({ queue, taskId: "1; drop" }));
  expect(bad).toMatchObject({ code: "bad_request", message: expect.stringContaining("taskId") });
  expect(refusal(await cancelTaskAction(undefined as never)).code).toBe("bad_request");
  expect(refusal(await retryTaskAction({ queue, taskId: NOTHING, extraAttempts: 0 })).code).toBe(
    "bad_request",
  );
});

test("retry: adds attempts or spawns a new task; refused unless the task is failed", async () => {
  const taskId = await fail();
  const retried = await retryTaskAction({ queue, taskId, extraAttempts: 3 });
  expect(retried).toMatchObject({ ok: true, data: { taskId, attempt: 2, created: false } });
  expect((await getTask(queue, taskId)).task).toMatchObject({ state: "pending", maxAttempts: 4 });
  expect(refusal(await retryTaskAction({ queue, taskId })).code).toBe("state_changed");

  const other = await fail();
  const renewed = await retryTaskAction({ queue, taskId: other, spawnNew: true });
  expect(renewed).toMatchObject({ ok: true, data: { attempt: 1, created: true } });
  expect(await stateOf(other)).toBe("failed");
});

test("retry: exactly one of two concurrent retries succeeds", async () => {
  const taskId = await fail();
  const both = await Promise.all([
    retryTaskAction({ queue, taskId }),
    retryTaskAction({ queue, taskId }),
  ]);
  expect(both.filter((result) => result.ok)).toHaveLength(1);
  expect((await getTask(queue, taskId)).runs).toHaveLength(2);
});

test("reschedule: a durable sleep and its checkpoint move together", async () => {
  const { taskId, runId } = await start();
  const wake = new Date(Date.now() + 3_600_000);
  await setCheckpoint(database.pool, queue, {
    taskId,
    ownerRunId: runId,
    stepName: "nap",
    state: wake.toISOString(),
  });
  await scheduleRun(database.pool, queue, runId, wake);
  const preview = await getReschedulePreview({ queue, runId });
  if (!preview.ok) throw new Error(preview.error.message);
  expect(preview.data).toMatchObject({ kind: "sleep", step: "nap", at: wake.toISOString() });

  const { kind, at } = preview.data;
  const later = new Date(Date.now() + 60_000).toISOString();
  const moved = await rescheduleRunAction({ queue, runId, at: later, expected: { kind, at } });
  expect(moved).toMatchObject({ ok: true, data: { kind: "sleep", at: later } });
  expect((await getTask(queue, taskId)).checkpoints[0]?.state?.text).toBe(
    `"${later.replace("Z", "+00:00")}"`,
  );

  const stale = await rescheduleRunAction({ queue, runId, at: "now", expected: { kind, at } });
  expect(refusal(stale).code).toBe("state_changed");
  expect(await rescheduleRunAction({ queue, runId, at: "now" })).toMatchObject({ ok: true });
  expect(await claimTasks(database.pool, queue)).toMatchObject([{ runId }]);
  expect(refusal(await rescheduleRunAction({ queue, runId, at: "now" }))).toMatchObject({
    code: "state_changed",
    message: expect.stringContaining("running"),
  });
});

test("reschedule: only an event wait can wait without a timeout", async () => {
  const { taskId, runId } = await start();
  const wait = { taskId, runId, stepName: "w", eventName: "e", timeoutSeconds: 60 };
  await awaitEvent(database.pool, queue, wait);
  expect(await rescheduleRunAction({ queue, runId, at: "never" })).toMatchObject({
    ok: true,
    data: { kind: "event-wait", event: "e", at: "infinity" },
  });
  const queued = (await getTask(queue, await spawn())).runs[0]?.runId ?? "";
  expect(refusal(await rescheduleRunAction({ queue, runId: queued, at: "never" })).code).toBe(
    "bad_request",
  );
});

test("emit: wakes exactly the runs in the preview, and stores the exact payload", async () => {
  const { taskId, runId } = await start();
  await awaitEvent(database.pool, queue, { taskId, runId, stepName: "w", eventName: "paid" });
  const preview = await getEmitPreview({ queue, name: "paid" });
  expect(preview).toMatchObject({
    ok: true,
    data: { outcome: "stored", wakesCount: 1, wakes: [{ taskId, runId, timeoutAt: null }] },
  });
  const payload = '{"n": 12345678901234567890, "html": "<script>\u2028"}';
  expect(await emitEventAction({ queue, name: "paid", payload })).toMatchObject({ ok: true });
  const [checkpoint] = (await getTask(queue, taskId)).checkpoints;
  expect(checkpoint?.state?.text).toBe(payload);
  expect(await stateOf(taskId)).toBe("pending");
  expect(refusal(await emitEventAction({ queue, name: "paid", payload: "" })).code).toBe(
    "already_emitted",
  );
});

test("emit: the second emit is refused", async () => {
  const other = await database.pool.connect();
  await other.query("begin");
  await emitEvent(other, queue, "race", "theirs");
  const emitting = emitEventAction({ queue, name: "race", payload: '"ours"' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await other.query("commit");
  other.release();
  expect(refusal(await emitting).code).toBe("already_emitted");
});

test.each([
  ["{", /Invalid JSON/],
  ['{"a": "\\ud83d"}', /cannot store/],
  ['{"a": "\\u0000"}', /cannot store/],
])("emit: the payload %s is refused with the reason", async (payload, message) => {
  const error = refusal(await emitEventAction({ queue, name: "bad", payload }));
  expect(error).toMatchObject({ code: "bad_request", message: expect.stringMatching(message) });
});

test("emit: without a payload stores JSON null", async () => {
  expect(await emitEventAction({ queue, name: "empty", payload: " " })).toMatchObject({ ok: true });
});

test("a change times out while another transaction holds the lock", async () => {
  const taskId = await spawn();
  const blocker = await database.pool.connect();
  await blocker.query(`begin; select from absurd."t_ops ""queue""" for update`);
  expect(refusal(await cancelTaskAction({ queue, taskId })).code).toBe("timed_out");
  await blocker.query("rollback");
  blocker.release();
  expect(await stateOf(taskId)).toBe("pending");
});

test("the log names operator, action, target and outcome, and no payload", async () => {
  await emitEventAction({ queue, name: "logged", payload: '"hunter2"' });
  await emitEventAction({ queue, name: "logged", payload: '"hunter2"' });
  const lines = info.mock.calls.map(([line]) => JSON.parse(String(line)));
  expect(lines).toMatchObject([
    { action: "emit event", operator: "ada", outcome: "ok", queue, name: "logged" },
    { action: "emit event", operator: "ada", outcome: "already_emitted" },
  ]);
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});

test("retry: refused if the task has made another attempt since it was shown", async () => {
  const taskId = await fail({ maxAttempts: 1 });
  await retryTaskAction({ queue, taskId, extraAttempts: 1, expectedAttempts: 1 });
  const [run] = (await claimTasks(database.pool, queue, { quantity: 50 })).filter(
    (claimed) => claimed.taskId === taskId,
  );
  await failTask(database.pool, queue, run?.runId ?? "", "again");
  expect(
    refusal(await retryTaskAction({ queue, taskId, extraAttempts: 1, expectedAttempts: 1 })),
  ).toMatchObject({ code: "state_changed", message: "The task has made 2 attempts by now." });
  expect(await stateOf(taskId)).toBe("failed");
});

test("cancel: exactly one of two concurrent cancels succeeds", async () => {
  const taskId = await spawn();
  const results = await Promise.all([1, 2, 3].map(() => cancelTaskAction({ queue, taskId })));
  expect(results.filter((result) => result.ok)).toHaveLength(1);
});

test("extend lease: refused if another worker has the run, or if it would become shorter", async () => {
  const { taskId, runId } = await start();
  const lease = (await getTask(queue, taskId)).runs.find((run) => run.runId === runId);
  const expected = {
    claimedBy: lease?.claimedBy ?? null,
    claimExpiresAt: lease?.claimExpiresAt ?? null,
  };
  const extend = (seconds: number, shown: typeof expected) =>
    extendLeaseAction({ queue, runId, seconds, expected: shown });
  expect(refusal(await extend(60, { ...expected, claimedBy: "another" }))).toMatchObject({
    code: "state_changed",
    message: expect.stringContaining("is leased to worker now"),
  });
  expect((await extend(600, expected)).ok).toBe(true);
  // The worker renewed it after the dialog was opened: 60 s would now be less.
  expect(refusal(await extend(60, expected))).toMatchObject({
    code: "state_changed",
    message: expect.stringContaining("renewed"),
  });
  // Shorter on purpose.
  const later = (await getTask(queue, taskId)).runs.find((run) => run.runId === runId);
  expect(
    (await extend(60, { ...expected, claimExpiresAt: later?.claimExpiresAt ?? null })).ok,
  ).toBe(true);
});

test("emit: refused if more tasks would wake than were shown", async () => {
  const wait = async () => {
    const { taskId, runId } = await start();
    await awaitEvent(database.pool, queue, { taskId, runId, stepName: "w", eventName: "crowd" });
    return taskId;
  };
  const first = await wait();
  await wait();
  const emit = (shownWakes: number) =>
    emitEventAction({ queue, name: "crowd", payload: "1", shownWakes });
  expect(refusal(await emit(1))).toMatchObject({
    code: "state_changed",
    message: "Now 2 tasks would wake, and 1 were shown.",
  });
  expect(await stateOf(first)).toBe("sleeping");
  expect((await emit(2)).ok).toBe(true);
});
