import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import { recordAudit } from "@/lib/audit/record";
import { describeConsumer, listConcerns } from "@/lib/diagnosis/concerns";
import { diagnose } from "@/lib/diagnosis/diagnose";
import { explainSummary } from "@/lib/diagnosis/explain-summary";
import { plainText } from "@/lib/diagnosis/sentence";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { openTestDatabase } from "@/testing/dashboard-database";
import { listQueues } from "./queues";
import { getTask } from "./task";
import { listTasks } from "./tasks";

const database = openTestDatabase();

beforeAll(async () => {
  for (const queue of ["q", "poisoned", "idle", "errors", "casts"])
    await createQueue(database.pool, queue);
});

const spawn = (queue: string, options = {}) =>
  spawnTask(database.pool, queue, "work", null, { maxAttempts: 1, ...options });

/** Makes the queue's rows this many seconds older. */
const age = (queue: string, seconds: number) =>
  database.pool.query(
    `update absurd."r_${queue}" set available_at = available_at - make_interval(secs => $1),
      started_at = started_at - make_interval(secs => $1)`,
    [seconds],
  );

const verdict = async (queue: string, taskId: string) =>
  plainText(diagnose(await getTask(queue, taskId)).parts);

test("a task that makes every claim fail is named on its own page, on others, and among the concerns", async () => {
  const { taskId: poison } = await spawn("poisoned", { cancellation: { max_duration: 60 } });
  await database.pool.query(
    `update absurd.t_poisoned set cancellation = '{"max_duration": 1.5}' where task_id = $1`,
    [poison],
  );
  const { taskId: other } = await spawn("poisoned");
  await age("poisoned", 90);
  await expect(claimTasks(database.pool, "poisoned")).rejects.toThrow();

  expect(await verdict("poisoned", poison)).toMatch(
    /^Its cancellation policy has max_duration: 1\.5/,
  );
  expect(await verdict("poisoned", other)).toMatch(
    /^Ready for 1 min 3\d s, not claimed yet\. Every claim on queue poisoned fails, because task work has max_duration: 1\.5/,
  );
  const { queues, now } = await listQueues();
  const queue = queues.find(({ name }) => name === "poisoned");
  expect(listConcerns({ queues, now }).map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^every claim fails: task work \(.*\) has max_duration 1\.5/),
  );
  expect(queue && describeConsumer(queue, now)).toBeNull();
});

test("a queue is called blocked by a policy if and only if the engine cannot cast its values", async () => {
  const { pool } = database;
  const { taskId: suspect } = await spawn("casts");
  const { taskId: other } = await spawn("casts");
  await age("casts", 90);
  const claims = async () => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      return await claimTasks(client, "casts").then(
        () => true,
        () => false,
      );
    } finally {
      await client.query("rollback");
      client.release();
    }
  };
  const values = [
    ..."1.5 true -1 1e3 {} [1] 9223372036854775807 9223372036854775809 1e30".split(" "),
    ...['"abc"', '"1e3"', '""', '" 60 "', '"+60"', '"\\u00a060"', '"0x10"', '"1_000"'],
  ];
  for (const value of values)
    for (const field of ["max_delay", "max_duration"]) {
      await pool.query(
        "update absurd.t_casts set cancellation = jsonb_build_object($2::text, $3::jsonb) where task_id = $1",
        [suspect, field, value],
      );
      const blocked = !(await claims());
      const words = `${field}: ${value}`;
      expect(/Every claim on queue/.test(await verdict("casts", suspect)), words).toBe(blocked);
      expect(/Every claim on queue/.test(await verdict("casts", other)), words).toBe(blocked);
    }
});

test("a queue without a consumer names its last claim, including one of a suspended run", async () => {
  const { taskId } = await spawn("idle");
  await age("idle", 90);
  expect(await verdict("idle", taskId)).toMatch(
    /Nothing has claimed from queue idle: no claim is on record\.$/,
  );
  const { pool } = database;
  const [run] = await claimTasks(pool, "idle", { workerId: "w-1" });
  await pool.query("select absurd.schedule_run('idle', $1, 'infinity')", [run?.runId]);
  const { taskId: later } = await spawn("idle");
  await age("idle", 30);
  await pool.query("update absurd.r_idle set available_at = 'infinity' where state = 'sleeping'");
  await pool.query(
    "update absurd.r_idle set available_at = now() - interval '20 s' where state = 'pending'",
  );
  expect(await verdict("idle", later)).toMatch(
    /^Ready for 2\d s\. Nothing has claimed from queue idle since \S+, 3\d s ago\.$/,
  );
  const { queues, now } = await listQueues();
  expect(queues.find(({ name }) => name === "idle")?.claims).toMatchObject({
    running: 0,
    complete: true,
  });
  expect(listConcerns({ queues, now }).filter(({ queue }) => queue === "idle")).toEqual([]);
});

test("errors of 70 kB are shown and compared by the part that was read", async () => {
  const { pool } = database;
  const { taskId } = await spawn("errors", { maxAttempts: 3 });
  const reasons = ["first", "first", "second"].map((message) => ({
    name: "LargeError",
    message,
    stack: `at step\n${"x".repeat(70_000)}`,
  }));
  for (const reason of reasons) {
    const [run] = await claimTasks(pool, "errors");
    await failTask(pool, "errors", run?.runId ?? "", reason);
  }
  const detail = await getTask("errors", taskId);
  expect(plainText(diagnose(detail).parts)).toMatch(
    /^Failed on attempt 3 of 3 with LargeError: second\./,
  );
  const [one, two, three] = detail.runs.map((run) => run.failureReason);
  expect(one?.text).toBeUndefined();
  expect(JSON.parse(one?.head ?? "")).toMatchObject({ name: "LargeError", message: "first" });
  expect(one?.digest).toBe(two?.digest);
  expect(three?.digest).not.toBe(two?.digest);
});

test("a value that is stored compressed shows that its text is longer", async () => {
  const { pool } = database;
  const { taskId } = await spawn("q");
  const [run] = await claimTasks(pool, "q");
  await pool.query(
    "select absurd.complete_run('q', $1, jsonb_build_object('x', repeat('a', 100000000)))",
    [run?.runId],
  );
  const { task } = await getTask("q", taskId);
  expect(task.result).toMatchObject({ approximate: "compressed" });
  expect(task.result?.bytes).toBeLessThan(2_000_000);
});

test("a cancellation names who, when and why, as the audit log has it", async () => {
  const { pool } = database;
  const { taskId } = await spawn("q");
  await cancelTask(pool, "q", { taskId });
  expect(await verdict("q", taskId)).toBe("Cancelled before it started.");
  await recordAudit(pool, {
    operator: "maria",
    action: "cancel task",
    input: { queue: "q", taskId },
    reason: "duplicate",
    outcome: "done",
  });
  expect(await verdict("q", taskId)).toMatch(
    /^Cancelled by maria \d+ s ago before it started\. Reason: “duplicate” \(audit entry\)\.$/,
  );
});

test("a list shows errors of any shape, and finds them by their causes and codes", async () => {
  const { pool } = database;
  const fail = async (reason: string) => {
    const { taskId } = await spawn("q");
    const [run] = await claimTasks(pool, "q");
    await pool.query("select absurd.fail_run('q', $1, $2::jsonb)", [run?.runId, reason]);
    return taskId;
  };
  const chained = await fail(
    JSON.stringify({
      name: "AggregateError",
      message: "all failed",
      code: "EALL",
      cause: { message: "outer", cause: { message: "the deepest reason" } },
      errors: [{ message: "one of several" }],
    }),
  );
  const valued = await fail('{"error": "connection refused"}');
  const list = await listTasks(taskFilters({ queue: ["q"], state: ["failed"] }));
  const why = (taskId: string) => {
    const row = list.rows.find((one) => one.taskId === taskId);
    return row && plainText(explainSummary(row, list.now).parts);
  };
  expect(why(chained)).toBe("AggregateError: all failed");
  expect(why(valued)).toBe('{"error": "connection refused"}');
  for (const error of ["deepest reason", "one of several", "EALL"]) {
    const { rows } = await listTasks(taskFilters({ queue: ["q"], error: [error] }));
    expect(rows.map((row) => row.taskId)).toEqual([chained]);
  }
  const { rows } = await listTasks(taskFilters({ queue: ["q"], error: ["connection refused"] }));
  expect(rows.map((row) => row.taskId)).toEqual([valued]);
});

test("a worker that wrote a checkpoint since its claim counts as knowing the task", async () => {
  const { pool } = database;
  const { taskId } = await spawn("q");
  const [run] = await claimTasks(pool, "q");
  const runId = run?.runId ?? "";
  await setCheckpoint(pool, "q", { taskId, ownerRunId: runId, stepName: "a", state: 1 });
  await pool.query("select absurd.schedule_run('q', $1, absurd.current_time() + interval '20 s')", [
    runId,
  ]);
  expect(await verdict("q", taskId)).not.toContain("know the task");
});
