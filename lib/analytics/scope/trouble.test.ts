import { Client } from "pg";
import { afterEach, beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { createWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { auditFilters } from "@/lib/search-params/audit";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { workflowFilters } from "@/lib/search-params/workflows";
import { openTestDatabase } from "@/testing/dashboard-database";
import { list } from "@/testing/reads";
import { listAudit } from "../audit";
import { listBulk } from "../bulk";
import { listFailures } from "../failures";
import { findById, findByShortId } from "../find";
import { getLatency, getThroughput } from "../overview";
import { getQueue, listQueues } from "../queues";
import { listKnownTasks } from "../tasks";
import { listWorkers } from "../workers";
import { getRunDefinition, listWorkflowDefinitions } from "../workflow-definitions";
import { getRunView } from "../workflow-views";
import { listWorkflowRuns } from "../workflows";

const database = openTestDatabase();
let holder: Client;
beforeAll(async () => {
  for (const name of ["calm", "weekly", "worn"])
    await createQueue(database.pool, name, {
      storageMode: name === "weekly" ? "partitioned" : "unpartitioned",
    });
  for (const name of ["calm", "weekly", "worn"])
    await database.pool.query("select absurd.spawn_task($1, 'work', '{}')", [name]);
});
afterEach(() => holder?.end());

/** Holds the lock of a statement until the end of the test. */
async function hold(statement: string): Promise<void> {
  holder = new Client({ connectionString: database.url });
  holder.on("error", () => {});
  await holder.connect();
  await holder.query("begin");
  await holder.query(statement);
}

/**
 * The queues that the list of queues cannot read. Other lists must agree, or not have needed the tables in
 * question.
 */
async function listUnreadable() {
  const lists = {
    overview: await getThroughput("1h"),
    latency: await getLatency("1h"),
    workers: await listWorkers("1h"),
    failures: await listFailures({ queue: [], name: [], tenant: [], range: "1h" }),
    tasks: await list(),
  };
  const { queues } = await listQueues();
  const unreadable = queues.flatMap(({ name, unreadable: reason }) =>
    reason ? { name, reason } : [],
  );
  for (const { unreadable: found = [] } of Object.values(lists))
    expect(found.length === 0 ? unreadable : found).toEqual(unreadable);
  return unreadable;
}

test.each([
  ["a table", "worn", "lock table absurd.r_worn in access exclusive mode"],
  ["an index", "worn", "reindex index absurd.t_worn_pkey"],
  ["a changed table", "worn", "alter table absurd.t_worn add column extra int"],
  ["a partitioned table", "weekly", "lock table absurd.t_weekly in access exclusive mode"],
])("%s that another session has locked leaves out only its queue", async (_, queue, statement) => {
  await hold(statement);
  const begun = performance.now();
  expect(await listUnreadable()).toEqual([{ name: queue, reason: "locked" }]);
  expect(performance.now() - begun).toBeLessThan(8_000);
  await expect(getQueue(queue)).rejects.toMatchObject({
    code: "timed_out",
    message: expect.stringContaining("Another session holds a lock"),
  });
  expect(await getQueue("calm")).toMatchObject({ active: { pending: 1 } });
  await holder.query("rollback");
  expect(await listUnreadable()).toEqual([]);
});

test("rows of a locked queue are reported neither as missing nor as gone", async () => {
  const spawn = async (queue: string) => {
    const { rows } = await database.pool.query(
      "select task_id from absurd.spawn_task($1, 'work', '{}')",
      [queue],
    );
    return { queue, taskId: rows[0].task_id as string };
  };
  const [near, far] = [await spawn("calm"), await spawn("worn")];
  const workflowRunId = await createWorkflowRun(database.pool, "worn", {
    ...{ workflowName: "flow", workflowVersion: "1", absurdTaskId: far.taskId },
  });
  await hold("lock table absurd.t_worn in access exclusive mode");
  const unreadable = [{ name: "worn", reason: "locked" }];

  expect(await listUnreadable()).toEqual(unreadable);
  expect(await findById(far.taskId)).toEqual({ found: [], unreadable });
  expect(await findById(near.taskId)).toMatchObject({ found: [near], unreadable });
  const prefix = far.taskId.slice(0, 8);
  expect((await findByShortId({ prefix, suffix: "" })).unreadable).toEqual(unreadable);
  const known = await listKnownTasks(taskFilters(), [near, far]);
  expect(known.rows.map(({ taskId }) => taskId)).toEqual([near.taskId]);
  expect(known.removed).toEqual([]);
  expect(await listWorkflowRuns(workflowFilters())).toMatchObject({
    rows: [{ workflowRunId, rootState: null }],
    unreadable,
  });
  expect(await getRunView(workflowRunId)).toMatchObject({
    ...{ tasks: [], unreadable },
    partial: expect.stringContaining("Not every queue could be read"),
  });
  await expect(getRunDefinition(workflowRunId)).rejects.toMatchObject({
    code: "timed_out",
    message: expect.stringContaining("Another session holds a lock"),
  });
});

test("a queue whose rows are filtered by row-level security is not mistaken for an empty one", async () => {
  await database.pool.query(`
    create role filtered login password 'filtered';
    grant usage on schema absurd to filtered;
    grant select on all tables in schema absurd to filtered;
    alter table absurd.t_calm enable row level security`);
  const url = new URL(database.url);
  url.username = "filtered";
  url.password = "filtered";
  await readFrom(url.href);
  expect(await listUnreadable()).toEqual([{ name: "calm", reason: "row_security" }]);
  await readFrom(undefined);
  expect(await listUnreadable()).toEqual([]);
});

test("a filtered table of keys, queues, runs, definitions or the audit log is not mistaken for an empty one", async () => {
  const { pool } = database;
  await pool.query(`
    grant usage on schema absurd_dashboard to filtered;
    grant select on all tables in schema public, absurd_dashboard to filtered`);
  const url = new URL(database.url);
  url.username = "filtered";
  url.password = "filtered";
  await readFrom(url.href);
  const filterTable = async (table: string, check: () => Promise<unknown>) => {
    await pool.query(`alter table ${table} enable row level security`);
    await check();
    await pool.query(`alter table ${table} disable row level security`);
  };
  const refuses = (read: () => Promise<unknown>, table: string) => () =>
    expect(read()).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining(`Row-level security applies to ${table} `),
    });
  await pool.query("alter table absurd.t_calm disable row level security");
  await filterTable("absurd.i_weekly", async () =>
    expect(await listUnreadable()).toEqual([{ name: "weekly", reason: "row_security" }]),
  );
  for (const [table, read] of [
    ["absurd.queues", listQueues],
    ["public.workflow_run", () => listWorkflowRuns(workflowFilters())],
    ["public.workflow_definition", listWorkflowDefinitions],
    ["absurd_dashboard.audit_entry", () => listAudit(auditFilters())],
    ["absurd_dashboard.bulk_job", () => listBulk({ cursor: null, limit: 10, tenant: [] })],
  ] as const)
    await filterTable(table, refuses(read, table));
  expect(await listUnreadable()).toEqual([]);
  await readFrom(undefined);
});

async function readFrom(url: string | undefined): Promise<void> {
  if (url === undefined) delete process.env.DATABASE_READ_URL;
  else process.env.DATABASE_READ_URL = url;
  forgetEnvironment();
  await closePools();
}

test("a queue whose tables were altered manually is left out, and the others are shown", async () => {
  await database.pool.query("alter table absurd.r_worn rename column available_at to due");
  expect(await listUnreadable()).toEqual([{ name: "worn", reason: "failing" }]);
});
