import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask, scheduleRun } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import type { Json } from "@/lib/model/json";
import { type FailureFilters, failureFilters } from "@/lib/search-params/windows";
import { openTestDatabase } from "@/testing/dashboard-database";
import { listFailedTasks, listFailures } from "./failures";
import type { FailedAttempt } from "./failures/attempts";
import { groupFailures, listMembers } from "./failures/groups";

const database = openTestDatabase();
const QUEUES = ['odd "queue"', "parts"];

beforeAll(async () => {
  await createQueue(database.pool, 'odd "queue"');
  await createQueue(database.pool, "parts", { storageMode: "partitioned" });
  await createQueue(database.pool, "bulk");
});

const list = (filters: Partial<FailureFilters> = {}) => listFailures(failureFilters(filters));

/** Spawns a task and fails its first attempts one after the other. */
async function fail(
  queue: string,
  name: string,
  reasons: Json[],
  maxAttempts: number | null = reasons.length,
) {
  const { taskId } = await spawnTask(database.pool, queue, name, null, { maxAttempts });
  for (const reason of reasons) {
    const [run] = await claimTasks(database.pool, queue);
    if (run?.taskId !== taskId) throw new Error("another task was claimed");
    await failTask(database.pool, queue, run.runId, reason);
  }
  return taskId;
}

const timeout = (seconds: number, order: string) => ({
  name: "TimeoutError",
  message: `gateway did not answer in ${seconds}s for ${order}\n  at charge.ts:12`,
});

test.each(QUEUES)(
  "%s: failures with one cause are one group, even if their values differ",
  async (queue) => {
    const { pool } = database;
    const exhausted = await fail(queue, "charge", [timeout(30, "ord_1"), timeout(31, "ord_1")]);
    const once = await fail(queue, "charge", [timeout(12, "ord_22")], 1);
    const recovered = await fail(queue, "charge", [timeout(5, "ord_3")], 2);
    const [again] = await claimTasks(pool, queue);
    expect(again?.taskId).toBe(recovered);
    await completeTask(pool, queue, again?.runId ?? "");
    const cancelled = await fail(queue, "charge", [timeout(6, "ord_4")], 2);
    await cancelTask(pool, queue, { taskId: cancelled });
    await fail(queue, "refund", [timeout(30, "ord_1")]);
    await fail(queue, "charge", [{ name: "HTTPError", message: "502" }]);
    const retrying = await fail(queue, "charge", [timeout(7, "ord_5")], null);
    await cancelLater(retrying);

    const { groups, attempts, lookedBackTo, now, from } = await list({ queue: [queue] });
    expect(attempts).toBe(8);
    expect(lookedBackTo).toBeNull();
    expect(Date.parse(now) - Date.parse(from)).toBeGreaterThanOrEqual(86_400_000);
    expect(groups).toHaveLength(3);
    expect(groups[0]).toMatchObject({
      taskName: "charge",
      errorName: "TimeoutError",
      pattern: "gateway did not answer in <n>s for <id>",
      attempts: 6,
      tasks: { exhausted: 2, refused: 0, retrying: 1, recovered: 1, cancelled: 1 },
      queues: [queue],
    });
    const [group] = groups;
    expect(group?.trend.reduce((sum, count) => sum + count, 0)).toBe(6);
    expect(group?.trend.slice(0, -2).every((count) => count === 0)).toBe(true);
    expect(group?.samples).toHaveLength(5);
    expect(group?.samples.at(-1)).toMatchObject({ queue, taskId: exhausted, attempt: 2 });
    expect(group?.first.precision).toBe("exact");
    expect(group && group.first.at < group.lastAt).toBe(true);
    const failed = await listFailedTasks(group?.id ?? "", failureFilters({ queue: [queue] }));
    expect(failed).toMatchObject({
      tasks: [
        { queue, taskId: once },
        { queue, taskId: exhausted },
      ],
      more: 0,
    });
    expect((await listFailedTasks("none", failureFilters())).tasks).toEqual([]);

    async function cancelLater(taskId: string) {
      // The retry must not be claimed by the tests that follow.
      await pool.query(
        `update absurd."r_${queue.replaceAll('"', '""')}" set available_at = now() + interval '1 h'
       where task_id = $1 and state in ('pending', 'sleeping')`,
        [taskId],
      );
    }
  },
);

test("equal failures in two queues are one group, and filters apply", async () => {
  const both = await list({ name: ["refund"] });
  expect(both.groups).toMatchObject([{ taskName: "refund", attempts: 2 }]);
  expect(both.groups[0]?.queues.toSorted()).toEqual(QUEUES.toSorted());
  const one = await list({ name: ["refund"], queue: ["parts"] });
  expect(one.groups).toMatchObject([{ id: both.groups[0]?.id, attempts: 1, queues: ["parts"] }]);
  expect((await list({ name: ["nothing"] })).groups).toEqual([]);
  await expect(list({ queue: ["nowhere"] })).rejects.toMatchObject({ code: "queue_not_found" });
});

test("failure reasons of any shape are grouped, values without a message by the value", async () => {
  const reasons = [
    { message: "no name" },
    { message: "\u001b[31mTimeout\u001b[0m" },
    { message: "\u001b[31mRefused\u001b[0m" },
    { error: "connection refused" },
    { error: "connection reset", id: "01a20788-9756-700f-8fa3-41b52607a552" },
    { error: "connection reset", id: "01a20788-973b-7ca9-88ec-350685b7053c" },
    { detail: "Not found." },
    [1, 2],
    503,
    504,
  ];
  const { pool } = database;
  for (const reason of reasons) {
    await spawnTask(pool, "bulk", "shapes", null, { maxAttempts: 1 });
    const [run] = await claimTasks(pool, "bulk");
    await pool.query("select absurd.fail_run('bulk', $1, $2::jsonb)", [
      run?.runId,
      JSON.stringify(reason),
    ]);
  }
  const { groups } = await list({ queue: ["bulk"] });
  expect(groups.map(({ pattern, attempts }) => `${attempts} ${pattern}`).toSorted()).toEqual([
    "1 503",
    "1 504",
    "1 Refused",
    "1 Timeout",
    "1 [1, 2]",
    "1 no name",
    '1 {"detail": "Not found."}',
    '1 {"error": "connection refused"}',
    '2 {"id": "<id>", "error": "connection reset"}',
  ]);
});

test("a run that failed while sleeping is found, for any wake time", async () => {
  const { pool } = database;
  await spawnTask(pool, "bulk", "swallowed", null, { maxAttempts: 1 });
  const [run] = await claimTasks(pool, "bulk");
  await scheduleRun(pool, "bulk", run?.runId ?? "", { inSeconds: 86_400 });
  await failTask(pool, "bulk", run?.runId ?? "", { name: "Error", message: "asleep" });
  expect((await list({ range: "1h", name: ["swallowed"] })).groups).toMatchObject([
    { pattern: "asleep", tasks: { exhausted: 1 } },
  ]);
});

test("an error is first seen before the window if it occurred there, and its age is exact", async () => {
  const { pool } = database;
  for (const days of [6, 2, 0]) {
    await spawnTask(pool, "bulk", "recurring", null, { maxAttempts: 1 });
    const [run] = await claimTasks(pool, "bulk");
    await failTask(pool, "bulk", run?.runId ?? "", { name: "Error", message: "again" });
    await pool.query(
      `update absurd.r_bulk set available_at = available_at - $2::interval, started_at = started_at - $2::interval,
        failed_at = failed_at - $2::interval where run_id = $1`,
      [run?.runId, `${days} days`],
    );
  }
  const { groups, now } = await list({ range: "1h", name: ["recurring"] });
  expect(groups).toMatchObject([{ attempts: 1, first: { precision: "exact" } }]);
  const age = Date.parse(now) - Date.parse(groups[0]?.first.at ?? "");
  expect(Math.round(age / 86_400_000)).toBe(6);
});

test("an error is not called new if other errors fill what is read before the window", async () => {
  const insert = (name: string, count: number, age: string) =>
    database.pool.query(
      `with task as (
        insert into absurd.t_parts (task_id, task_name, params, state, attempts, max_attempts, last_attempt_run)
        select absurd.portable_uuidv7(), $1, '1', 'failed', 1, 1, absurd.portable_uuidv7()
        from generate_series(1, $2::int) returning *
      )
      insert into absurd.r_parts (run_id, task_id, attempt, state, available_at, started_at, failed_at, failure_reason)
      select last_attempt_run, task_id, 1, 'failed', now() - $3::interval, now() - $3::interval,
        now() - $3::interval, '{"message": "seldom"}' from task`,
      [name, count, age],
    );
  await insert("seldom", 1, "5 days");
  await insert("seldom", 1, "1 min");
  const first = async () =>
    (await list({ range: "1h", name: ["seldom"], queue: ["parts"] })).groups[0]?.first.precision;
  expect(await first()).toBe("exact");
  await insert("often", 2_001, "3 days");
  expect(await first()).toBe("in-window");
});

test("an attempt belongs to the window in which it failed", async () => {
  const insert = (name: string, began: string, failed: string) =>
    database.pool.query(
      `with task as (
        insert into absurd.t_bulk (task_id, task_name, params, state, attempts, max_attempts, last_attempt_run)
        select absurd.portable_uuidv7(), $1, '1', 'failed', 1, 1, absurd.portable_uuidv7() returning *
      )
      insert into absurd.r_bulk (run_id, task_id, attempt, state, available_at, started_at, failed_at, failure_reason)
      select last_attempt_run, task_id, 1, 'failed', now() - $2::interval, now() - $2::interval,
        now() - $3::interval, '{"message": "late"}' from task`,
      [name, began, failed],
    );
  await insert("long", "27 h", "10 min");
  await insert("old", "30 h", "29 h");
  const named = { name: ["long", "old"] };
  expect((await list(named)).groups.map((group) => group.taskName)).toEqual(["long"]);
  expect((await list({ ...named, range: "7d" })).groups).toHaveLength(2);
  expect((await list({ ...named, range: "1h" })).groups).toEqual([]);
});

test("only the newest 20,000 failures count, and the result states the start of the range", async () => {
  await database.pool.query(`
    with task as (
      insert into absurd.t_bulk (task_id, task_name, params, state, attempts, max_attempts, last_attempt_run)
      select absurd.portable_uuidv7(), 'flood', '1', 'failed', 1, 1, absurd.portable_uuidv7()
      from generate_series(1, 25000) returning task_id, last_attempt_run
    ), numbered as (select *, row_number() over () as n from task)
    insert into absurd.r_bulk (run_id, task_id, attempt, state, available_at, failed_at, failure_reason)
    select last_attempt_run, task_id, 1, 'failed', ts, ts, '{"message": "flood"}'
    from numbered, lateral (select now() - n * interval '2 seconds' as ts) at`);
  const found = await list({ name: ["flood"] });
  expect(found.attempts).toBeGreaterThan(18_000);
  expect(found.attempts).toBeLessThanOrEqual(20_000);
  const reached = Date.parse(found.now) - Date.parse(found.lookedBackTo ?? "");
  expect(Math.abs(reached / 1000 - found.attempts * 2)).toBeLessThan(120);
  // More failures in the newest bucket than one result covers.
  await database.pool.query(`
    update absurd.r_bulk set available_at = now(), failed_at = now() where failure_reason ->> 'message' = 'flood'`);
  await database.pool.query("vacuum analyze absurd.r_bulk");
  const burst = await list({ name: ["flood"] });
  expect(burst.unreadable).toEqual([]);
  expect(burst.attempts).toBe(20_000);
  const tasks = await listFailedTasks(
    burst.groups[0]?.id ?? "",
    failureFilters({ name: ["flood"] }),
  );
  expect([tasks.tasks.length, tasks.more]).toEqual([1_000, 19_000]);
  expect(burst.lookedBackTo).not.toBeNull();
  // The same some time ago, with a few failures since then.
  await database.pool.query(`
    update absurd.r_bulk set available_at = ts, failed_at = ts
    from (select run_id, now() - case when row_number() over () > 10 then 9 else 1 end * interval '1 hour' as ts from absurd.r_bulk) at
    where at.run_id = r_bulk.run_id and failure_reason ->> 'message' = 'flood'`);
  const past = await list({ name: ["flood"] });
  expect(past.attempts).toBeGreaterThan(19_900);
  expect(Date.parse(past.now) - Date.parse(past.lookedBackTo ?? "")).toBeGreaterThan(
    8.9 * 3_600_000,
  );
});

test("messages are grouped with a pause for every few dozen of them", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const row = (n: number): FailedAttempt => ({
    ...{
      queue: "parts",
      taskId: "01900000-0000-7000-8000-000000000000",
      taskName: "work",
      taskState: "failed",
      tenantId: null,
    },
    ...{ attemptsLeft: false, attempt: 1, isLatest: true, failedAt: at, errorName: "Error" },
    ...{ message: `no ${"abcdefghij".charAt(n % 10)}`, isValue: false },
  });
  const rows = Array.from({ length: 2_000 }, (_, n) => row(n));
  const grid = { from: Date.parse(at), step: 60_000, buckets: 60 };
  const pauses = (work: Generator<undefined, unknown>) => [...work].length;
  expect(pauses(groupFailures(rows, grid))).toBeGreaterThanOrEqual(40);
  expect(pauses(listMembers("none", rows))).toBeGreaterThanOrEqual(40);
});
