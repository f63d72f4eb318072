import { beforeAll, describe, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { openTestDatabase } from "@/testing/dashboard-database";
import { follow, ids, list } from "@/testing/reads";
import { listTasks } from "./tasks";

const database = openTestDatabase();

const ODD_NAMES = [`it's "quoted"`, "two words", "dotted.name", "größe 数", "q".repeat(57), "a,b"];

async function spawn(queue: string, name = "work", options = {}): Promise<string> {
  return (await spawnTask(database.pool, queue, name, { n: 1 }, options)).taskId;
}

describe("queues of any name", () => {
  beforeAll(async () => {
    for (const name of ODD_NAMES) await createQueue(database.pool, name);
  });

  test.each(ODD_NAMES)("tasks of %s are listed alone and among all queues", async (queue) => {
    const taskId = await spawn(queue);
    expect(ids(await list({ queue: [queue] }))).toEqual([taskId]);
    const [newest] = (await list()).rows;
    expect(newest).toMatchObject({ queue, taskId, state: "pending" });
  });
});

describe("a task's row", () => {
  beforeAll(() => createQueue(database.pool, "rows"));

  test("has the state of its last attempt and no payloads", async () => {
    const taskId = await spawn("rows", "order", {
      maxAttempts: 3,
      headers: { tenant_id: "acme" },
      workflowRunId: "01a0b0c0-0000-7000-8000-000000000001",
    });
    const [run] = await claimTasks(database.pool, "rows", {
      workerId: "w1",
      claimTimeoutSeconds: 60,
    });
    const [running] = (await list({ queue: ["rows"] })).rows;
    expect(running).toMatchObject({
      taskId,
      name: "order",
      state: "running",
      attempts: 1,
      maxAttempts: 3,
      tenantId: "acme",
      workflowRunId: "01a0b0c0-0000-7000-8000-000000000001",
      endedAt: null,
      run: { runId: run?.runId, state: "running", claimedBy: "w1", errorName: null },
    });
    expect(running?.enqueuedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(JSON.stringify(running)).not.toContain("params");
  });

  test("has the time at which the task ended, and its error", async () => {
    const done = await spawn("rows");
    await claimAll("rows", async (runId) => completeTask(database.pool, "rows", runId));
    const failed = await spawn("rows", "work", { maxAttempts: 1 });
    await claimAll("rows", async (runId) =>
      failTask(database.pool, "rows", runId, { name: "Boom", message: "m".repeat(400) }),
    );
    const cancelled = await spawn("rows");
    await cancelTask(database.pool, "rows", { taskId: cancelled });
    const { rows } = await list({ queue: ["rows"] });
    const row = (id: string) => rows.find((candidate) => candidate.taskId === id);
    expect(row(done)).toMatchObject({ state: "completed", endedAt: expect.any(String) });
    expect(row(failed)).toMatchObject({
      state: "failed",
      endedAt: expect.any(String),
      run: { errorName: "Boom", errorMessage: "m".repeat(300) },
    });
    expect(row(cancelled)).toMatchObject({ state: "cancelled", endedAt: expect.any(String) });
  });

  test("has no error name when the failure reason is not an object", async () => {
    for (const reason of ["just text", [1, 2], null]) {
      const taskId = await spawn("rows", "odd", { maxAttempts: 1 });
      await claimAll("rows", (runId) =>
        database.pool.query("select absurd.fail_run($1, $2, $3::jsonb, null)", [
          "rows",
          runId,
          JSON.stringify(reason),
        ]),
      );
      const [row] = (await list({ queue: ["rows"] })).rows;
      expect(row).toMatchObject({ taskId, run: { errorName: null } });
    }
  });
});

async function claimAll(queue: string, work: (runId: string) => Promise<unknown>) {
  for (const run of await claimTasks(database.pool, queue, { workerId: "w", quantity: 100 }))
    await work(run.runId);
}

describe("filters", () => {
  const made: { taskId: string; name: string; state: string }[] = [];

  beforeAll(async () => {
    await createQueue(database.pool, "filters", { storageMode: "partitioned" });
    const make = async (name: string, state: string) => {
      const taskId = await spawn("filters", name, { maxAttempts: 1 });
      made.unshift({ taskId, name, state });
      return taskId;
    };
    for (let n = 0; n < 30; n++) await make("report", "completed");
    await claimAll("filters", (runId) => completeTask(database.pool, "filters", runId));
    for (let n = 0; n < 10; n++) await make("payment", "failed");
    await claimAll("filters", (runId) => failTask(database.pool, "filters", runId, { name: "E" }));
    for (let n = 0; n < 5; n++) {
      const taskId = await make("payment", "cancelled");
      await cancelTask(database.pool, "filters", { taskId });
    }
    for (let n = 0; n < 20; n++) await make(n % 2 ? "report" : "rare, name", "pending");
  });

  test.each([
    [{ state: ["failed"] }],
    [{ state: ["failed", "cancelled"] }],
    [{ state: ["pending"] }],
    [{ state: ["pending", "completed"] }],
    [{ name: ["payment"] }],
    [{ name: ["rare, name", "payment"] }],
    [{ name: ["report"], state: ["pending", "sleeping"] }],
    [{ name: ["report"], state: ["failed"] }],
    [{ name: ["nobody"] }],
  ] satisfies [Partial<TaskFilters>][])(
    "%j finds exactly the matching tasks, page by page",
    async (filters) => {
      const wanted = made.filter(
        (task) =>
          (!("state" in filters) || (filters.state as string[]).includes(task.state)) &&
          (!("name" in filters) || filters.name.includes(task.name)),
      );
      const scope = { ...filters, queue: ["filters"], limit: 7 };
      const pages = await follow(await list(scope), "older", scope);
      expect(pages.flatMap(ids)).toEqual(wanted.map((task) => task.taskId));
      const last = pages.at(-1);
      if (!last) throw new Error("no page");
      const back = await follow(last, "newer", scope);
      expect(back.reverse().flatMap(ids)).toEqual(wanted.map((task) => task.taskId));
    },
  );

  test("times and id prefixes select ranges of the key", async () => {
    const { rows } = await list({ queue: ["filters"], limit: 200 });
    const middle = rows[30];
    if (!middle) throw new Error("too few rows");
    const at = new Date(
      Number.parseInt(middle.taskId.slice(0, 13).replace("-", ""), 16),
    ).toISOString();
    const newer = await list({ queue: ["filters"], after: at, limit: 200 });
    const older = await list({ queue: ["filters"], before: at, limit: 200 });
    expect(ids(newer)).toContain(middle.taskId);
    expect([...ids(newer), ...ids(older)]).toEqual(rows.map((row) => row.taskId));
    expect(ids(await list({ id: middle.taskId }))).toEqual([middle.taskId]);
    expect(ids(await list({ id: middle.taskId.slice(0, 30) }))).toContain(middle.taskId);
    expect(ids(await list({ queue: ["filters"], id: "ffff" }))).toEqual([]);
    expect(ids(await list({ queue: ["filters"], range: "1h" }))).toHaveLength(50);
    expect(
      ids(await list({ queue: ["filters"], range: "1h", before: "2001-01-01T00:00:00Z" })),
    ).toEqual([]);
  });
});

describe("errors", () => {
  test("an unknown queue is named in the error", async () => {
    await expect(list({ queue: ["nowhere"] })).rejects.toMatchObject({
      code: "queue_not_found",
      message: 'Queue "nowhere" not found.',
    });
  });

  test("a queue dropped between listing and reading does not break the others", async () => {
    for (let n = 0; n < 5; n++) {
      await createQueue(database.pool, `gone ${n}`);
      const [page] = await Promise.all([
        list({ limit: 1 }),
        database.pool.query("select absurd.drop_queue($1)", [`gone ${n}`]),
      ]);
      expect(page.rows).toHaveLength(1);
    }
  });

  test("a queue that lost a table is reported as unreadable", async () => {
    await createQueue(database.pool, "broken");
    await database.pool.query("drop table absurd.w_broken");
    expect((await list({ limit: 1 })).unreadable).toEqual([
      { name: "broken", reason: "tables_missing" },
    ]);
    await expect(list({ queue: ["broken"] })).rejects.toMatchObject({ code: "forbidden" });
    await database.pool.query("delete from absurd.queues where queue_name = 'broken'");
  });

  test("a filter with a NUL character is refused", async () => {
    await expect(list({ name: ["a\0b"] })).rejects.toMatchObject({ code: "bad_request" });
  });

  test("an aborted query ends its statement", async () => {
    const controller = new AbortController();
    const blocker = await database.pool.connect();
    try {
      await blocker.query("begin; lock table absurd.t_rows in access exclusive mode");
      const page = listTasks(taskFilters({ queue: ["rows"] }), { signal: controller.signal });
      setTimeout(() => controller.abort(new Error("gone")), 200);
      await expect(page).rejects.toThrow("gone");
      const { rows } = await blocker.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      expect(rows).toEqual([]);
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
  });

  test("a query of a locked queue times out", async () => {
    const blocker = await database.pool.connect();
    try {
      await blocker.query("begin; lock table absurd.t_rows in access exclusive mode");
      await expect(list({ queue: ["rows"] })).rejects.toMatchObject({ code: "timed_out" });
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
  });
});
