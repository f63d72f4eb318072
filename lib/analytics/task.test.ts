import { beforeAll, expect, test } from "vitest";
import { awaitEvent, emitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import type { Json } from "@/lib/model/json";
import { openTestDatabase } from "@/testing/dashboard-database";
import { findById } from "./find";
import { getEventPayload, getPayload } from "./payloads";
import { getTask } from "./task";

const QUEUE = 'größe "1"';
const database = openTestDatabase();

beforeAll(() => createQueue(database.pool, QUEUE));

async function start(params: Json, options = {}) {
  const { pool } = database;
  const { taskId } = await spawnTask(pool, QUEUE, "work", params, { maxAttempts: 2, ...options });
  return { taskId, runId: await claim(taskId) };
}

async function claim(taskId: string): Promise<string> {
  const runs = await claimTasks(database.pool, QUEUE, { quantity: 10, workerId: "w" });
  const run = runs.find((one) => one.taskId === taskId);
  if (!run) throw new Error("not claimed");
  return run.runId;
}

test("a task comes with its attempts, checkpoints, waits and events", async () => {
  const { pool } = database;
  const { taskId, runId } = await start(
    { a: 1 },
    { idempotencyKey: "k", headers: { tenant_id: "t" } },
  );
  await setCheckpoint(pool, QUEUE, { taskId, ownerRunId: runId, stepName: "first", state: "x" });
  await setCheckpoint(pool, QUEUE, {
    taskId,
    ownerRunId: runId,
    stepName: "second",
    state: undefined,
  });
  await emitEvent(pool, QUEUE, "early", { ok: true });
  await awaitEvent(pool, QUEUE, {
    taskId,
    runId,
    stepName: "$awaitEvent:early#2",
    eventName: "early",
  });
  await failTask(pool, QUEUE, runId, { name: "Boom", message: "no" });
  const second = await claim(taskId);
  await awaitEvent(pool, QUEUE, { taskId, runId: second, stepName: "wait", eventName: "late" });

  const detail = await getTask(QUEUE, taskId);
  expect(detail.task).toMatchObject({
    queue: QUEUE,
    taskId,
    state: "sleeping",
    attempts: 2,
    maxAttempts: 2,
    idempotencyKey: "k",
    tenantId: "t",
    params: { bytes: 8, text: '{"a": 1}' },
    result: null,
  });
  expect(detail.runs).toMatchObject([
    { runId, attempt: 1, state: "failed", claimedBy: "w" },
    { runId: second, attempt: 2, state: "sleeping", availableAt: "infinity", wakeEvent: "late" },
  ]);
  expect(JSON.parse(detail.runs[0]?.failureReason?.text ?? "")).toMatchObject({ name: "Boom" });
  expect(detail.checkpoints.map((one) => [one.name, one.state?.text])).toEqual([
    ["first", '"x"'],
    ["second", undefined],
    ["$awaitEvent:early#2", '{"ok": true}'],
  ]);
  expect(detail.waits).toMatchObject([{ runId: second, eventName: "late", timeoutAt: null }]);
  expect(Object.keys(detail.eventsEmittedAt)).toEqual(["early"]);
  expect(detail.truncated).toBeUndefined();

  expect((await findById(taskId)).found).toEqual([
    {
      kind: "task",
      queue: QUEUE,
      taskId,
      runId: null,
      attempt: null,
      name: detail.task.name,
      state: detail.task.state,
    },
  ]);
  expect((await findById(second)).found).toEqual([
    {
      kind: "run",
      queue: QUEUE,
      taskId,
      runId: second,
      attempt: 2,
      name: detail.task.name,
      state: detail.task.state,
    },
  ]);
  expect((await findById("00000000-0000-0000-0000-000000000000")).found).toEqual([]);
});

test("JSON texts are exact", async () => {
  // As jsonb prints it: keys ordered by length, otherwise unchanged.
  const text = '{"n": 1.10, "big": 12345678901234567890, "html": "<script>\u2028</script>"}';
  const { rows } = await database.pool.query(
    "select task_id from absurd.spawn_task($1, 'work', $2::jsonb, '{}')",
    [QUEUE, text],
  );
  const taskId = rows[0].task_id;
  const { task } = await getTask(QUEUE, taskId);
  expect(task.params?.text).toBe(text);
  expect(task.params?.bytes).toBe(Buffer.byteLength(text));
  expect(await getPayload(QUEUE, taskId, { of: "params" })).toEqual([text]);
});

test("SQL NULL and JSON null are distinguished", async () => {
  const { taskId, runId } = await start(null);
  expect((await getTask(QUEUE, taskId)).task).toMatchObject({
    params: { bytes: 4, text: "null" },
    headers: null,
  });
  await completeTask(database.pool, QUEUE, runId, null);
  expect((await getTask(QUEUE, taskId)).task.result).toEqual({ bytes: 4, text: "null" });
});

test("large values are listed by size, and returned in full on request", async () => {
  const { taskId, runId } = await start({ pad: "x".repeat(100_000) });
  const { task } = await getTask(QUEUE, taskId);
  expect(task.params).toEqual({ bytes: 100_011 });

  const huge = Array.from({ length: 900_000 }, (_, n) => `${n}-${(n * 2_654_435_761) % 1e9}`);
  await completeTask(database.pool, QUEUE, runId, huge);
  const { result } = (await getTask(QUEUE, taskId)).task;
  expect(result).toMatchObject({ approximate: "compressed" });
  expect(result?.text).toBeUndefined();
  const slices = await getPayload(QUEUE, taskId, { of: "runResult", run: runId });
  expect(JSON.parse(slices.join(""))).toEqual(huge);
});

/** The driver decodes a row at once, and other requests have to wait for it. */
test.each([..."aé…😀"])(
  "a large value of %s is read in slices that end between characters",
  async (sign) => {
    for (const before of ["", "a", "aa", "aaa"]) {
      const text = before + sign.repeat(800_000);
      const { taskId } = await start(text);
      const slices = await getPayload(QUEUE, taskId, { of: "params" });
      const bytes = Buffer.byteLength(text) + 2;
      expect(slices).toHaveLength(Math.ceil(bytes / 1_048_576));
      expect(Math.max(...slices.map((slice) => Buffer.byteLength(slice)))).toBeLessThan(1_048_580);
      expect(slices.join("") === JSON.stringify(text)).toBe(true);
    }
  },
);

test("thousands of checkpoints and attempts are truncated", async () => {
  const { taskId, runId } = await start(null);
  await database.pool.query(
    `insert into absurd."c_größe ""1""" (task_id, checkpoint_name, state, owner_run_id, updated_at)
     select $1, 'step ' || n, jsonb_build_object('pad', repeat('y', 20000)), $2, now() + n * interval '1 ms'
     from generate_series(1, 2500) n`,
    [taskId, runId],
  );
  await database.pool.query(
    `insert into absurd."r_größe ""1""" (run_id, task_id, attempt, state, available_at)
     select absurd.portable_uuidv7(), $1, n, 'failed', now() from generate_series(2, 700) n`,
    [taskId],
  );
  const detail = await getTask(QUEUE, taskId);
  expect(detail.truncated).toEqual({ runs: 200, checkpoints: 500 });
  expect(detail.checkpoints).toHaveLength(2_000);
  expect(detail.checkpoints.at(-1)?.name).toBe("step 2500");
  expect(detail.checkpoints[0]?.state).toEqual({ bytes: 20_011 });
  expect(detail.runs).toHaveLength(500);
  expect(detail.runs.at(-1)?.attempt).toBe(700);
});

test("a missing task, queue or payload is named in the error", async () => {
  const { taskId } = await start(null);
  const nothing = "01900000-0000-7000-8000-000000000000";
  await expect(getTask(QUEUE, nothing)).rejects.toMatchObject({ code: "task_not_found" });
  await expect(getTask("nowhere", taskId)).rejects.toMatchObject({ code: "queue_not_found" });
  await expect(getPayload(QUEUE, taskId, { of: "headers" })).rejects.toMatchObject({
    code: "payload_not_found",
  });
  await expect(getPayload(QUEUE, taskId, { of: "checkpoint", name: "none" })).rejects.toMatchObject(
    { code: "payload_not_found" },
  );
  await expect(getEventPayload(QUEUE, "late")).rejects.toMatchObject({ code: "payload_not_found" });
});
