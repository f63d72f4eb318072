import { randomUUID } from "node:crypto";
import { beforeAll, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, completeTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { listAudit } from "@/lib/analytics/audit";
import { getTask } from "@/lib/analytics/task";
import { auditFilters } from "@/lib/search-params/audit";
import { openTestDatabase } from "@/testing/dashboard-database";
import type { ActionResult } from "./result";
import { extendLeaseAction } from "./runs";
import { forkTaskAction, runAgainAction, spawnTaskAction } from "./tasks";

const queue = "orders";
const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
vi.spyOn(console, "info").mockImplementation(() => {});
beforeAll(() => createQueue(database.pool, queue));

function data<T>(result: ActionResult<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.data;
}
function refusal<T>(result: ActionResult<T>) {
  if (result.ok) throw new Error("it was not refused");
  return result.error;
}
const read = async (taskId: string) => (await getTask(queue, taskId)).task;

test("spawn: forwards all options, with exact numbers", async () => {
  const { taskId } = data(
    await spawnTaskAction({
      queue,
      name: " ship ",
      params: '{"id": 12345678901234567890}',
      headers: '{"tenant_id": "acme"}',
      maxAttempts: null,
      retryStrategy: { kind: "exponential", baseSeconds: 5, factor: 3 },
      cancellation: { maxDelaySeconds: 60 },
      idempotencyKey: "k1",
    }),
  );
  expect(await read(taskId)).toMatchObject({
    name: "ship",
    maxAttempts: null,
    idempotencyKey: "k1",
    tenantId: "acme",
    params: { text: '{"id": 12345678901234567890}' },
    retryStrategy: { text: '{"kind": "exponential", "factor": 3, "base_seconds": 5}' },
    cancellation: { text: '{"max_delay": 60}' },
  });
  const again = await spawnTaskAction({ queue, name: "ship", params: "", idempotencyKey: "k1" });
  expect(data(again)).toMatchObject({ taskId, created: false });
});

test("a message about malformed JSON states the position and quotes nothing of the text", async () => {
  for (const [text, place] of [
    ['{"user": "ann",\n "password": hunter2}', "line 2, column 14"],
    ["hunter2", "line 1, column 1"],
    ["{hunter2: 1}", "line 1, column 2"],
    ['{"a": "hunter2', "line 1, column 15"],
    ['{"a": 1} hunter2', "line 1, column 10"],
    ['["\\hunter2"]', "line 1, column 3"],
  ]) {
    const error = refusal(await spawnTaskAction({ queue, name: "x", params: text ?? "" }));
    expect(error).toMatchObject({ message: `Invalid JSON in params at ${place}.` });
  }
  const odd = await spawnTaskAction({ queue, name: "x", params: "1", hunter2: 1 } as never);
  expect(JSON.stringify(odd)).not.toContain("hunter2");
  const { rows } = await database.pool.query(
    "select count(*)::int as kept from absurd_dashboard.audit_entry as log where log::text like '%hunter2%'",
  );
  expect(rows).toEqual([{ kept: 0 }]);
});

test.each([
  [{ params: "{" }, /Invalid JSON in params/],
  [{ params: '"\\u0000"' }, /cannot store/],
  [{ headers: "[]" }, /Invalid headers: not a JSON object/],
  [{ name: "  " }, /name/],
  [{ maxAttempts: 0 }, /maxAttempts/],
  [{ retryStrategy: { kind: "often" } }, /retryStrategy.kind/],
  [{ cancellation: { maxDelaySeconds: 1.5 } }, /maxDelaySeconds/],
])("spawn: %j is refused", async (input, message) => {
  const error = refusal(
    await spawnTaskAction({ queue, name: "x", params: "1", ...input } as never),
  );
  expect(error).toMatchObject({ code: "bad_request", message: expect.stringMatching(message) });
});

test("typed JSON of many values is refused, because writing it again would keep other requests waiting", async () => {
  const spawn = (params: string) => spawnTaskAction({ queue, name: "x", params });
  for (const many of [
    `[${"1,".repeat(20_000)}1]`,
    `{"a":${"[".repeat(1_001)}${"]".repeat(1_001)}}`,
    `{${Array.from({ length: 21_000 }, (_, n) => `"k${n}":0`).join(",")}}`,
  ])
    expect(refusal(await spawn(many))).toMatchObject({
      code: "bad_request",
      message: expect.stringMatching(/more than 20,000 values/),
    });
  expect(refusal(await spawn(`[${"9".repeat(900_000)}]`))).toMatchObject({
    code: "bad_request",
  });
  expect((await spawn(JSON.stringify({ text: "[1,".repeat(300_000) }))).ok).toBe(true);
});

test("spawn: a missing queue is reported", async () => {
  const error = refusal(await spawnTaskAction({ queue: "nowhere", name: "x", params: "1" }));
  expect(error.code).toBe("queue_not_found");
});

test("run again: the copy is unchanged or edited, and linked to its original", async () => {
  const { taskId } = await spawnTask(database.pool, queue, "bill", { a: 1 }, { maxAttempts: 2 });
  const same = data(await runAgainAction({ queue, taskId }));
  expect(await read(same.newTaskId)).toMatchObject({
    params: { text: '{"a": 1}' },
    maxAttempts: 2,
    headers: { text: JSON.stringify({ spawned_from: taskId }).replace(":", ": ") },
  });
  const edited = data(
    await runAgainAction({ queue, taskId, params: '{"a": 2}', headers: "{}", maxAttempts: null }),
  );
  expect(await read(edited.newTaskId)).toMatchObject({
    params: { text: '{"a": 2}' },
    maxAttempts: null,
  });
  const [entry] = (await listAudit(auditFilters({ task: taskId, limit: 1 }))).rows;
  expect(entry).toMatchObject({
    action: "run task again",
    parameters: { params: { bytes: 8 } },
    result: { newTaskId: edited.newTaskId },
  });
});

test("fork: completed steps before the chosen one are kept; none if the step is unknown", async () => {
  const { taskId } = await spawnTask(database.pool, queue, "fork", {});
  const run = (await claimTasks(database.pool, queue, { quantity: 100 })).find(
    (claimed) => claimed.taskId === taskId,
  );
  const ownerRunId = run?.runId ?? "";
  for (const stepName of ["one", "two", "three"])
    await setCheckpoint(database.pool, queue, { taskId, ownerRunId, stepName, state: stepName });
  await completeTask(database.pool, queue, ownerRunId);
  const fork = data(await forkTaskAction({ queue, taskId, fromStep: "three" }));
  expect(fork.copied).toBe(2);
  const copies = (await getTask(queue, fork.newTaskId)).checkpoints;
  expect(copies.map((step) => step.name).sort()).toEqual(["one", "two"]);
  const unknown = refusal(await forkTaskAction({ queue, taskId, fromStep: "four" }));
  expect(unknown.code).toBe("bad_request");
});

test("extend lease: works while the run is running", async () => {
  const { taskId, runId } = await spawnTask(database.pool, queue, "long", {});
  expect(refusal(await extendLeaseAction({ queue, runId, seconds: 60 })).code).toBe(
    "state_changed",
  );
  await claimTasks(database.pool, queue, { quantity: 100 });
  data(await extendLeaseAction({ queue, runId, seconds: 3_600 }));
  const [run] = (await getTask(queue, taskId)).runs;
  const left = Date.parse(run?.claimExpiresAt ?? "") - Date.now();
  expect(left).toBeGreaterThan(3_500_000);
  await completeTask(database.pool, queue, runId);
  expect(refusal(await extendLeaseAction({ queue, runId, seconds: 60 }))).toMatchObject({
    code: "state_changed",
    changed: false,
  });
});

test("run again: a retry strategy that the engine refuses is omitted on request", async () => {
  const { pool } = database;
  const { taskId } = await spawnTask(pool, queue, "bill", {});
  await pool.query(`update absurd.t_${queue} set retry_strategy = '"often"' where task_id = $1`, [
    taskId,
  ]);
  expect((await runAgainAction({ queue, taskId })).ok).toBe(false);
  const copy = data(await runAgainAction({ queue, taskId, withoutRetryStrategy: true }));
  expect(await read(copy.newTaskId)).toMatchObject({ retryStrategy: null });
});

test("a repeated request spawns one task, and each repetition returns its result", async () => {
  const count = async () =>
    (await database.pool.query("select count(*)::int from absurd.t_orders")).rows[0].count;
  const before = await count();
  const spawned = { queue, name: "pressed", params: "1", requestId: randomUUID() };
  const results = await Promise.all([1, 2, 3].map(() => spawnTaskAction(spawned)));
  const { taskId } = data(await spawnTaskAction(spawned));
  expect(results.map((result) => data(result).taskId)).toEqual([taskId, taskId, taskId]);
  expect(await count()).toBe(before + 1);

  const copied = { queue, taskId, requestId: randomUUID() };
  const copies = await Promise.all([runAgainAction(copied), runAgainAction(copied)]);
  expect(new Set(copies.map((result) => data(result).newTaskId)).size).toBe(1);
  expect(await count()).toBe(before + 2);

  const { rows } = await listAudit(auditFilters({ action: ["spawn task"] }));
  expect(rows.filter((row) => row.taskId === taskId)).toHaveLength(1);
  // The same request id with other values is refused.
  expect(refusal(await spawnTaskAction({ ...spawned, params: "2" })).code).toBe("key_taken");
  expect(refusal(await spawnTaskAction({ ...spawned, requestId: "1" })).code).toBe("bad_request");
});

test("a refused request can be repeated with the same id once its cause is gone", async () => {
  const requestId = randomUUID();
  const press = { queue: "later", name: "x", params: "", requestId };
  expect(refusal(await spawnTaskAction(press)).code).toBe("queue_not_found");
  await createQueue(database.pool, "later");
  expect(data(await spawnTaskAction(press)).created).toBe(true);
});

test("without the table of requests, actions still work", async () => {
  await database.pool.query("drop table absurd_dashboard.action_request");
  const press = { queue, name: "x", params: "", requestId: randomUUID() };
  expect(data(await spawnTaskAction(press)).created).toBe(true);
});
