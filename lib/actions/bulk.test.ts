import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { awaitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { listAudit } from "@/lib/analytics/audit";
import { getBulk, getBulkFollowUp, listBulk, listBulkItems } from "@/lib/analytics/bulk";
import { listTasks } from "@/lib/analytics/tasks";
import { createJob, listOpenJobs } from "@/lib/bulk/job";
import { startBulkRunner, stopBulkRunner } from "@/lib/bulk/runner";
import { forgetEnvironment } from "@/lib/db/env";
import { runAs, UNRESTRICTED } from "@/lib/db/viewer";
import { BULK_ACTIONS } from "@/lib/model/rows/bulk";
import { auditFilters } from "@/lib/search-params/audit";
import { bulkFilters, bulkItemFilters } from "@/lib/search-params/bulk";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { openTestDatabase } from "@/testing/dashboard-database";
import { abortBulkAction, startBulkAction } from "./bulk";
import { getBulkPreview } from "./previews/bulk";
import type { ActionResult } from "./result";

const queue = `50% "off", ü`;
const filters = `?queue=${encodeURIComponent(queue.replace(",", "%2C"))}`;
const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
vi.spyOn(console, "info").mockImplementation(() => {});

beforeAll(async () => {
  await createQueue(database.pool, queue);
  startBulkRunner();
});
afterAll(stopBulkRunner);

const spawn = async (name: string, options = {}) =>
  (await spawnTask(database.pool, queue, name, {}, { maxAttempts: 1, ...options })).taskId;
const spawnMany = (name: string, count: number) =>
  database.pool.query("select absurd.spawn_task($1, $2, 'null') from generate_series(1, $3::int)", [
    queue,
    name,
    count,
  ]);
/** Claims this task, regardless of which others are ready. */
async function start(taskId: string) {
  const table = `absurd."r_${queue.replaceAll('"', '""')}"`;
  await database.pool.query(
    `update ${table} set available_at = to_timestamp(0) where task_id = $1`,
    [taskId],
  );
  const [run] = await claimTasks(database.pool, queue);
  expect(run?.taskId).toBe(taskId);
  return { taskId, runId: run?.runId ?? "" };
}
async function fail(name: string, options = {}) {
  const { taskId, runId } = await start(await spawn(name, options));
  await failTask(database.pool, queue, runId, "broken");
  return taskId;
}
function data<T>(result: ActionResult<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.data;
}
async function finish(bulkId: string) {
  await expect
    .poll(async () => (await getBulk(bulkId)).operation.finishedAt, { timeout: 20_000 })
    .not.toBeNull();
  return (await getBulk(bulkId)).operation;
}
const begin = async (input: object) =>
  data(await startBulkAction({ perSecond: null, shown: 1, ...input } as never)).bulkId;
const named = (name: string) => `${filters}&name=${name}`;
const tasks = async (name: string) =>
  (await listTasks(taskFilters({ queue: [queue], name: [name] }))).rows;

test("a preview counts eligible and skipped tasks with reasons, and changes nothing", async () => {
  await fail("mixed");
  await spawn("mixed");
  await fail("mixed", { maxAttempts: 2 });
  const preview = await getBulkPreview({ action: "retry", filters: named("mixed") });
  expect(data(preview)).toMatchObject({
    installed: true,
    eligible: { value: 1, precision: "exact" },
    ineligible: expect.arrayContaining([{ reason: "pending, not failed", count: 2 }]),
    sample: [{ queue, name: "mixed", state: "failed" }],
  });
  expect((await listBulk(bulkFilters())).rows).toEqual([]);
});

test("the preview of selected tasks shows the newest, in any order of selection", async () => {
  const spawned: string[] = [];
  for (let n = 0; n < 7; n++) spawned.push(await spawn("sampled"));
  const newest = spawned.toSorted().toReversed().slice(0, 5);
  for (const selected of [spawned, spawned.toReversed()]) {
    const ids = selected.map((taskId) => ({ queue, taskId }));
    const { sample } = data(await getBulkPreview({ action: "cancel", ids }));
    expect(sample.map(({ taskId }) => taskId)).toEqual(newest);
  }
});

test("retry adds attempts to the tasks that match, and changes no others", async () => {
  const failed = await fail("again");
  const pending = await spawn("again");
  const bulkId = await begin({
    action: "retry",
    filters: named("again"),
    extraAttempts: 4,
    reason: "gateway is back",
  });
  expect(await finish(bulkId)).toMatchObject({
    state: "done",
    operator: "ada",
    reason: "gateway is back",
    collected: 1,
    done: 1,
    skipped: 0,
  });
  const rows = await tasks("again");
  expect(rows.find((row) => row.taskId === failed)).toMatchObject({
    state: "pending",
    maxAttempts: 5,
  });
  expect(rows.find((row) => row.taskId === pending)?.attempts).toBe(1);
  const { rows: record } = await listAudit(auditFilters({ bulk: bulkId }));
  expect(record).toMatchObject([
    { action: "retry task", operator: "ada", taskId: failed, reason: "gateway is back" },
    { action: "start bulk", reason: "gateway is back", outcome: "done" },
  ]);
  const folded = await listAudit(auditFilters({ bulk: bulkId, fold: true }));
  expect(folded.rows.map((row) => row.action)).toEqual(["start bulk"]);
});

test("an operation shows the current states of its tasks: completed, failed again, still running", async () => {
  const failed = [await fail("retried"), await fail("retried"), await fail("retried")];
  const ids = failed.map((taskId) => ({ queue, taskId }));
  const bulkId = await begin({ action: "retry", ids, group: "c573c9bf462e 5f1e" });
  expect(await finish(bulkId)).toMatchObject({ done: 3, options: { group: "c573c9bf462e 5f1e" } });
  await completeTask(database.pool, queue, (await start(failed[0] ?? "")).runId);
  await failTask(database.pool, queue, (await start(failed[1] ?? "")).runId, "again");
  expect(await getBulkFollowUp(bulkId)).toMatchObject({
    changed: 3,
    counted: 3,
    gone: 0,
    states: { completed: 1, failed: 1, pending: 1, running: 0 },
  });
  await database.pool.query(`delete from absurd."t_50% ""off"", ü" where task_id = $1`, [
    failed[0],
  ]);
  expect(await getBulkFollowUp(bulkId)).toMatchObject({ gone: 1, states: { completed: 0 } });

  const copies = await begin({ action: "run-again", ids: ids.slice(1, 2) });
  await finish(copies);
  expect(await getBulkFollowUp(copies)).toMatchObject({ states: { pending: 1, failed: 0 } });
});

test("selected tasks are processed; one that has ended is skipped with the reason", async () => {
  const ids = [await spawn("named"), await fail("named")].map((taskId) => ({ queue, taskId }));
  const missing = { queue, taskId: "01900000-0000-7000-8000-000000000000" };
  const bulkId = await begin({ action: "cancel", ids: [...ids, missing] });
  expect(await finish(bulkId)).toMatchObject({ collected: 3, done: 1, skipped: 2, failed: 0 });
  const { rows } = await listBulkItems(bulkId, bulkItemFilters({ outcome: ["skipped"] }));
  expect(rows).toMatchObject([
    { taskId: ids[1]?.taskId, message: "The task is already failed." },
    { code: "task_not_found" },
  ]);
  expect((await listBulkItems(bulkId, bulkItemFilters({ outcome: ["open"] }))).rows).toEqual([]);
});

test("run again spawns one copy of each task, and does not copy its own copies", async () => {
  const taskId = await fail("copied");
  const bulkId = await begin({ action: "run-again", filters: named("copied") });
  expect(await finish(bulkId)).toMatchObject({ done: 1 });
  const [item] = (await listBulkItems(bulkId, bulkItemFilters())).rows;
  const rows = await tasks("copied");
  expect(rows.map((row) => row.taskId)).toEqual([item?.newTaskId, taskId]);
});

test("run now reschedules backoffs, and skips event waits", async () => {
  const strategy = { maxAttempts: 2, retryStrategy: { kind: "fixed", baseSeconds: 3600 } };
  const backoff = await fail("later", strategy);
  const { taskId, runId } = await start(await spawn("later"));
  await awaitEvent(database.pool, queue, { taskId, runId, stepName: "w", eventName: "e" });
  expect(data(await getBulkPreview({ action: "run-now", filters: named("later") }))).toMatchObject({
    eligible: { value: 1 },
    ineligible: [{ reason: "waits for an event", count: 1 }],
  });
  const ids = [backoff, taskId].map((id) => ({ queue, taskId: id }));
  expect(await finish(await begin({ action: "run-now", ids }))).toMatchObject({
    done: 1,
    skipped: 1,
  });
  const rows = await tasks("later");
  expect(rows.find((row) => row.taskId === backoff)?.state).toBe("pending");
  expect(rows.find((row) => row.taskId === taskId)?.state).toBe("sleeping");
});

test("after an abort completed items stay, and no other task is touched", async () => {
  await spawnMany("slow", 200);
  const bulkId = await begin({ action: "cancel", filters: named("slow"), perSecond: 20 });
  await expect
    .poll(async () => (await getBulk(bulkId)).operation.done, { timeout: 20_000 })
    .toBeGreaterThan(5);
  data(await abortBulkAction({ bulkId }));
  const { done } = (await getBulk(bulkId)).operation;
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect((await getBulk(bulkId)).operation).toMatchObject({
    state: "aborted",
    message: "Aborted by ada.",
    done,
  });
  const { rows } = await database.pool.query(
    `select count(*)::int as cancelled from absurd."t_50% ""off"", ü"
      where task_name = 'slow' and state = 'cancelled'`,
  );
  expect(rows[0].cancelled).toBe(done);
  expect(await abortBulkAction({ bulkId })).toMatchObject({
    ok: false,
    error: { code: "already_ended" },
  });
});

test("a small operation does not wait for a large one", async () => {
  await spawnMany("large", 200);
  const small = await spawn("small");
  const large = await begin({ action: "cancel", filters: named("large"), perSecond: 2 });
  await expect
    .poll(async () => (await getBulk(large)).operation.state, { timeout: 20_000 })
    .toBe("running");
  await finish(await begin({ action: "cancel", ids: [{ queue, taskId: small }] }));
  expect((await getBulk(large)).operation.finishedAt).toBeNull();
  data(await abortBulkAction({ bulkId: large }));
});

test("a start acts on the previewed tasks, not on those that match later", async () => {
  await spawnMany("growing", 10);
  const { start } = data(await getBulkPreview({ action: "cancel", filters: named("growing") }));
  await spawnMany("growing", 150);
  const bulkId = await begin({ action: "cancel", ...start });
  expect(await finish(bulkId)).toMatchObject({ collected: 10, done: 10 });
  expect(
    (await listTasks(taskFilters({ queue: [queue], name: ["growing"], state: ["cancelled"] })))
      .rows,
  ).toHaveLength(10);
});

test("a task that becomes eligible after the preview is not changed", async () => {
  const failed = await fail("late");
  const pending = await spawn("late");
  const { start } = data(await getBulkPreview({ action: "retry", filters: named("late") }));
  await database.pool.query(
    `update absurd."r_50% ""off"", ü" set state = 'failed' where task_id = $1`,
    [pending],
  );
  await database.pool.query(
    `update absurd."t_50% ""off"", ü" set state = 'failed' where task_id = $1`,
    [pending],
  );
  expect(await finish(await begin({ action: "retry", ...start }))).toMatchObject({ collected: 1 });
  const rows = await tasks("late");
  expect(rows.find((row) => row.taskId === pending)?.state).toBe("failed");
  expect(rows.find((row) => row.taskId === failed)?.state).toBe("pending");
});

test("a selection too large to list is refused when it has grown, and says by how much", async () => {
  await spawnMany("crowd", 1_010);
  const { start } = data(await getBulkPreview({ action: "cancel", filters: named("crowd") }));
  expect(start).toMatchObject({ shown: 1_010, exact: true });
  expect(start).not.toHaveProperty("ids");
  // Matches now, although it was spawned before the preview.
  await database.pool.query(
    `update absurd."t_50% ""off"", ü" set task_name = 'crowd'
      where task_id = (select task_id from absurd."t_50% ""off"", ü"
                        where task_name = 'growing' and state = 'pending' limit 1)`,
  );
  expect(await startBulkAction({ action: "cancel", ...start, perSecond: null })).toMatchObject({
    ok: false,
    error: {
      code: "state_changed",
      message: "Now 1,011 tasks match, and 1,010 were shown.",
      hint: "Preview again, then decide.",
    },
  });
});

test("an operation that collects more than was confirmed ends before it changes a task", async () => {
  await spawnMany("more", 30);
  const bulkId = await createJob(database.pool, {
    action: "cancel",
    options: {},
    operator: "ada",
    perSecond: null,
    filters: named("more"),
    expected: 29,
  });
  expect(await finish(bulkId)).toMatchObject({ state: "failed", done: 0 });
  expect((await getBulk(bulkId)).operation.message).toContain("No task was changed");
  expect((await tasks("more")).every(({ state }) => state === "pending")).toBe(true);
});

test("a repeated request starts one operation, also when both arrive at the same moment", async () => {
  await spawnMany("once", 3);
  const { start } = data(await getBulkPreview({ action: "cancel", filters: named("once") }));
  const press = () => startBulkAction({ action: "cancel", ...start, perSecond: null });
  const results = [...(await Promise.all([press(), press(), press()])), await press()];
  const [first = ""] = results.map((result) => data(result).bulkId);
  expect(results.every((result) => data(result).bulkId === first)).toBe(true);
  await finish(first);
  const { rows } = await listAudit(auditFilters({ action: ["start bulk"], bulk: first }));
  expect(rows).toHaveLength(1);
  // The same request id with other values is refused.
  expect(await startBulkAction({ action: "retry", ...start, perSecond: null })).toMatchObject({
    ok: false,
    error: { code: "key_taken" },
  });
});

test.each([
  [{ action: "cancel" }, /Give task ids or filters/],
  [{ action: "cancel", filters: "?stat=failed" }, /Invalid filters/],
  [{ action: "cancel", filters: "?state=lost" }, /Invalid filters/],
  [{ action: "drop", filters: "" }, /action/],
  [{ action: "cancel", ids: [] }, /ids/],
  [{ action: "cancel", filters: "", perSecond: 0 }, /perSecond/],
])("%j is refused", async (input, message) => {
  const result = await startBulkAction({ perSecond: 5, shown: 0, ...input } as never);
  expect(result).toMatchObject({ ok: false, error: { code: "bad_request" } });
  expect(!result.ok && result.error.message).toMatch(message);
});

describe("an action that is switched off for one task", () => {
  const set = (name: string, value: string) => {
    vi.stubEnv(name, value);
    forgetEnvironment();
  };
  afterEach(() => {
    vi.unstubAllEnvs();
    forgetEnvironment();
  });

  test("is refused for many, and another one is not", async () => {
    const taskId = await spawn("kept");
    set("DASHBOARD_DISABLE", "cancel-task,retry-task,run-task-again,reschedule-run");
    const ids = [{ queue, taskId }];
    for (const action of BULK_ACTIONS) {
      const refused = { ok: false, error: { code: "forbidden" } };
      expect(await getBulkPreview({ action, ids }), action).toMatchObject(refused);
      const started = await startBulkAction({ action, ids, perSecond: null, shown: 1 });
      expect(started, action).toMatchObject(refused);
    }
    set("DASHBOARD_DISABLE", "retry-task");
    expect(await getBulkPreview({ action: "cancel", ids })).toMatchObject({ ok: true });
  });

  test.each([
    ["DASHBOARD_READ_ONLY", "1"],
    ["DASHBOARD_DISABLE", "cancel-task"],
    ["DASHBOARD_DISABLE", "start-bulk"],
  ])("an operation that was begun before %s=%s waits", async (name, value) => {
    set(name, value);
    const ids = [{ queue, taskId: await spawn("kept") }];
    const bulkId = await createJob(database.pool, {
      ...{ action: "cancel", options: {}, operator: "ada", perSecond: null, ids },
    });
    const isOpen = async () =>
      (await listOpenJobs(database.pool)).some((job) => job.bulkId === bulkId);
    expect(await isOpen()).toBe(false);
    vi.unstubAllEnvs();
    forgetEnvironment();
    expect(await isOpen()).toBe(true);
    await abortBulkAction({ bulkId });
  });
});

test("without payloads, an operation's filters don't show searched values", async () => {
  const bulkId = await createJob(database.pool, {
    ...{ action: "cancel", options: {}, operator: "ada", perSecond: null },
    filters: "?name=none&where=params.email:jane",
  });
  await abortBulkAction({ bulkId });
  const withoutPayloads = { ...UNRESTRICTED, payloads: false };
  expect((await getBulk(bulkId)).operation.filters).toContain("jane");
  const { operation } = await runAs(withoutPayloads, () => getBulk(bulkId));
  expect(operation.filters).toContain("name=none&where=params.email");
  expect(operation.filters).not.toContain("jane");
  const { rows } = await runAs(withoutPayloads, () => listBulk(bulkFilters()));
  expect(rows.map(({ filters }) => filters)).toContain(operation.filters);
});

test("an operation with an invalid stored row changes nothing, and others continue", async () => {
  const { pool } = database;
  await stopBulkRunner();
  const tasks: string[] = [];
  const started: string[] = [];
  for (const broken of ["viewer = '{}'", "viewer = '[1]'", "options = '[]'", "options = options"]) {
    const taskId = await spawn("damaged");
    const ids = [{ queue, taskId }];
    const { bulkId } = data(
      await startBulkAction({ action: "cancel", ids, perSecond: null, shown: 1 }),
    );
    await pool.query(`update absurd_dashboard.bulk_job set ${broken} where bulk_id = $1`, [bulkId]);
    tasks.push(taskId);
    started.push(bulkId);
  }
  startBulkRunner();
  const done = [];
  for (const bulkId of started) done.push((await finish(bulkId)).done);
  expect(done).toEqual([0, 0, 0, 1]);
  const { rows } = await pool.query(
    `select state from absurd."t_${queue.replaceAll('"', '""')}" where task_id = any($1) order by task_id`,
    [tasks],
  );
  expect(rows.map(({ state }) => state)).toEqual(["pending", "pending", "pending", "cancelled"]);
});

test("an operation on all queues is refused if one cannot be read", async () => {
  const { pool } = database;
  const taskId = await spawn("everywhere");
  const named = await getBulkPreview({
    action: "cancel",
    filters: `${filters}&name=everywhere`,
  });
  await createQueue(pool, "broken");
  await pool.query("drop table absurd.w_broken");
  const all = { action: "cancel", filters: "?name=everywhere" } as const;
  expect(await getBulkPreview(all)).toMatchObject({
    ok: false,
    error: { code: "forbidden", message: expect.stringContaining("cannot read broken") },
  });
  const { bulkId } = data(await startBulkAction({ ...all, perSecond: null, shown: 1 }));
  expect(await finish(bulkId)).toMatchObject({ state: "failed", done: 0 });
  expect((await listTasks(taskFilters({ queue: [queue], id: taskId }))).rows).toMatchObject([
    { state: "pending" },
  ]);
  // With named queues the operation works.
  const again = await getBulkPreview({ ...all, filters: `${filters}&name=everywhere` });
  expect({ ...data(again), start: null }).toEqual({ ...data(named), start: null });
  await pool.query("delete from absurd.queues where queue_name = 'broken'");
});

test("without the dashboard's tables the problem explains how to install them", async () => {
  await stopBulkRunner();
  await database.pool.query("drop schema absurd_dashboard cascade");
  expect(data(await getBulkPreview({ action: "cancel", filters })).installed).toBe(false);
  expect(
    await startBulkAction({ action: "cancel", filters, perSecond: 1, shown: 1 }),
  ).toMatchObject({
    ok: false,
    error: { code: "not_installed", hint: expect.stringContaining("absurd-dashboard migrate") },
  });
  expect(await listBulk(bulkFilters())).toMatchObject({ installed: false, rows: [] });
});
