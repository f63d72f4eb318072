import { beforeAll, expect, test, vi } from "vitest";
import { createQueue, dropQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { getTaskResult } from "@/lib/absurd/tasks/tasks";
import { listActiveWorkflowTasks } from "@/lib/absurd/workflow-runs/tasks";
import {
  createWorkflowRun,
  getWorkflowRun as findWorkflowRun,
  updateWorkflowRunStatus,
} from "@/lib/absurd/workflow-runs/workflow-runs";
import { getWorkflowRun } from "@/lib/analytics/workflows";
import { openTestDatabase } from "@/testing/dashboard-database";
import { explainStatements, flattenPlan, recordStatements } from "@/testing/statements";
import { listActiveRunTasks, releasingLocks } from "./internal/workflow-run-tasks";
import { getCancelRunPreview } from "./previews/workflows";
import { cancelWorkflowRunAction } from "./workflows";

const queue = `flows "2"`;
const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
vi.spyOn(console, "info").mockImplementation(() => {});

beforeAll(() => createQueue(database.pool, queue));

async function start() {
  const { pool } = database;
  const root = await spawnTask(pool, queue, "root", {});
  const id = await createWorkflowRun(pool, queue, {
    workflowName: "etl",
    workflowVersion: "1",
    absurdTaskId: root.taskId,
  });
  await updateWorkflowRunStatus(pool, id, "running");
  const children = [];
  for (const name of ["one", "two"])
    children.push(await spawnTask(pool, queue, name, {}, { workflowRunId: id }));
  const stranger = await spawnTask(pool, queue, "stranger", {});
  return { id, root, children, stranger };
}

test("cancel: the preview names what would end; then the root, its children and the row end together", async () => {
  const { id, root, children, stranger } = await start();
  await claimTasks(database.pool, queue, { quantity: 100 });
  await completeTask(database.pool, queue, children[0]?.runId ?? "", null);

  const preview = await getCancelRunPreview({ workflowRunId: id });
  expect(preview).toMatchObject({
    ok: true,
    data: {
      status: "running",
      becomes: "cancelled",
      ended: 1,
      tasks: [
        { taskId: root.taskId, isRoot: true, state: "running" },
        { taskId: children[1]?.taskId, isRoot: false },
      ],
    },
  });
  expect(await cancelWorkflowRunAction({ workflowRunId: id })).toMatchObject({
    ok: true,
    data: { cancelled: 2 },
  });
  const { run, tasks } = await getWorkflowRun(id);
  expect(run).toMatchObject({ status: "cancelled", stale: null, rootState: "cancelled" });
  expect(tasks.map(({ task }) => task.state).sort()).toEqual([
    "cancelled",
    "cancelled",
    "completed",
  ]);
  const { rows } = await database.pool.query(
    `select state from absurd."t_flows ""2""" where task_id = $1`,
    [stranger.taskId],
  );
  expect(rows).toEqual([{ state: "running" }]);

  expect(await cancelWorkflowRunAction({ workflowRunId: id })).toMatchObject({
    ok: false,
    error: { code: "already_ended", changed: false },
  });
});

test("cancel: tasks in other queues end with it, and each has its outcome", async () => {
  const { pool } = database;
  for (const name of ["away", "Far & away"])
    await createQueue(pool, name, name === "away" ? { storageMode: "partitioned" } : {});
  const { id, root, children } = await start();
  const away = await spawnTask(pool, "away", "far", {}, { workflowRunId: id });
  const farther = await spawnTask(pool, "Far & away", "farther", {}, { workflowRunId: id });
  const stranger = await spawnTask(pool, "away", "stranger", {});

  const preview = await getCancelRunPreview({ workflowRunId: id });
  expect(preview.ok && preview.data.tasks.map(({ queue: of, taskName }) => [of, taskName])).toEqual(
    [
      [queue, "root"],
      [queue, "one"],
      [queue, "two"],
      ["Far & away", "farther"],
      ["away", "far"],
    ],
  );
  const result = await cancelWorkflowRunAction({ workflowRunId: id });
  expect(result).toMatchObject({ ok: true, data: { cancelled: 5 } });
  const expected = [root, ...children, away, farther].map(({ taskId }) => taskId);
  const outcomes = result.ok ? result.data.outcomes : [];
  expect(outcomes.map(({ taskId }) => taskId).sort()).toEqual(expected.sort());
  expect(outcomes.every(({ outcome }) => outcome === "cancelled")).toBe(true);
  expect(await getTaskResult(pool, "away", stranger.taskId)).toMatchObject({ state: "pending" });
});

test("cancel: a run of last week is found behind a long history, including a child that was spawned late", async () => {
  const { pool } = database;
  const { id, root, children } = await start();
  const table = `absurd."t_flows ""2"""`;
  await pool.query(
    "update public.workflow_run set created_at = now() - interval '7 days', started_at = null where workflow_run_id = $1",
    [id],
  );
  // More than one step of the scan, spawned since then; every hundredth is a finished child.
  await pool.query(
    `insert into ${table} (task_id, task_name, params, headers, state, attempts, enqueue_at)
     select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
              || '8' || substr(md5(n::text), 4, 15))::uuid,
            'old', '{}', case when n % 100 = 0 then jsonb_build_object('workflow_run_id', $1::text) end, 'completed', 1, at
       from generate_series(1, 25000) as n,
            lateral (select now() - interval '6 days' + n * interval '1 second' as at) as spawned`,
    [id],
  );
  const preview = await getCancelRunPreview({ workflowRunId: id });
  expect(preview).toMatchObject({
    ok: true,
    data: { ended: 250, complete: true, unsearched: [], tasks: [{ taskId: root.taskId }, {}, {}] },
  });
  await pool.query(`analyze ${table}`);
  const plans = await explainStatements(
    await recordStatements(() =>
      listActiveWorkflowTasks(
        pool,
        { workflowRunId: id, rootTaskId: root.taskId },
        { queue, from: "00000000-0000-0000-0000-000000000000", tenants: null },
      ),
    ),
  );
  const visited = plans
    .flatMap(flattenPlan)
    .filter((node) => node["Relation Name"]?.startsWith("t_"))
    .map(
      (node) =>
        (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
    );
  expect(visited.length).toBeGreaterThan(0);
  expect(
    Math.max(...visited),
    "rows of the history that the search for active tasks visits",
  ).toBeLessThan(100);

  const result = await cancelWorkflowRunAction({ workflowRunId: id });
  expect(result).toMatchObject({ ok: true, data: { cancelled: 3, unsearched: [] } });
  expect(
    result.ok &&
      result.data.outcomes
        .slice(0, 2)
        .map(({ taskId }) => taskId)
        .sort(),
  ).toEqual(children.map(({ taskId }) => taskId).sort());
});

test("cancel: the search for active tasks reads no history of a partitioned queue", async () => {
  const { pool } = database;
  const weekly = "weekly flows";
  await createQueue(pool, weekly, { storageMode: "partitioned" });
  const { id, root } = await start();
  const child = await spawnTask(pool, weekly, "child", {}, { workflowRunId: id });
  // Enough active tasks that a join would read the whole tables.
  await pool.query(`
    with numbers as (
      select n, (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - 60000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3)
                  || '8' || substr(md5(n::text), 4, 15))::uuid as id
        from generate_series(1, 24000) as n),
    tasks as (
      insert into absurd."t_${weekly}" (task_id, task_name, params, headers, state, attempts, enqueue_at)
      select id, 'old', '{}', '{}', case when n % 6 = 0 then 'sleeping' else 'completed' end, 1, now() from numbers)
    insert into absurd."r_${weekly}" (run_id, task_id, attempt, state, available_at, created_at)
    select id, id, 1, case when n % 6 = 0 then 'sleeping' else 'completed' end, now(), now() from numbers`);
  await pool.query(`analyze absurd."t_${weekly}"`);
  await pool.query(`analyze absurd."r_${weekly}"`);
  const search = { queue: weekly, from: "00000000-0000-0000-0000-000000000000", tenants: null };
  const keys = { workflowRunId: id, rootTaskId: root.taskId };
  expect(await listActiveWorkflowTasks(pool, keys, search)).toMatchObject([
    { taskId: child.taskId },
  ]);
  const plans = await explainStatements(
    await recordStatements(() => listActiveWorkflowTasks(pool, keys, search)),
  );
  const read = plans
    .flatMap(flattenPlan)
    .filter((node) => node["Relation Name"]?.startsWith("t_"))
    .map(
      (node) =>
        (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
    );
  expect(read.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(6_000);
});

test("cancel: the search keeps no lock of the queues that it has read", async () => {
  const { pool } = database;
  const { id } = await start();
  for (let n = 0; n < 25; n++) await createQueue(pool, `other_${n}`);
  const client = await pool.connect();
  try {
    await client.query("begin");
    const run = await findWorkflowRun(client, id);
    if (!run) throw new Error("The run is missing");
    const { tasks } = await listActiveRunTasks(client, run, 8_000, releasingLocks(client));
    expect(tasks).toHaveLength(3);
    const { rows } = await client.query(
      `select relation::regclass::text as name from pg_locks
        where pid = pg_backend_pid() and relation::regclass::text ~ '[rt]_other_'`,
    );
    expect(rows).toEqual([]);
  } finally {
    await client.query("rollback");
    client.release();
    for (let n = 0; n < 25; n++) await dropQueue(pool, `other_${n}`);
  }
});

test("cancel: hundreds of children end in batches, and a locked one is waited for", async () => {
  const { pool } = database;
  const { id } = await start();
  await pool.query(
    `select absurd.spawn_task($1, 'many', 'null', jsonb_build_object('headers', jsonb_build_object('workflow_run_id', $2::text)))
       from generate_series(1, 250)`,
    [queue, id],
  );
  const holder = await pool.connect();
  await holder.query("begin");
  await holder.query(
    `select from absurd."r_flows ""2""" where task_id = (
       select task_id from absurd."t_flows ""2""" where task_name = 'many' limit 1) for update`,
  );
  const cancelling = cancelWorkflowRunAction({ workflowRunId: id });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await holder.query("rollback");
  holder.release();
  expect(await cancelling).toMatchObject({ ok: true, data: { cancelled: 253 } });
});

test("cancel: an unknown run is refused, and nothing but a UUID is read", async () => {
  const workflowRunId = "01900000-0000-7000-8000-000000000000";
  expect(await cancelWorkflowRunAction({ workflowRunId })).toMatchObject({
    ok: false,
    error: { code: "workflow_run_not_found" },
  });
  expect(await getCancelRunPreview({ workflowRunId: "x" })).toMatchObject({
    ok: false,
    error: { code: "bad_request" },
  });
});

test("cancel: children of an ended run are still cancelled, and its status stays", async () => {
  const { id, children } = await start();
  await updateWorkflowRunStatus(database.pool, id, "failed");
  expect(await cancelWorkflowRunAction({ workflowRunId: id })).toMatchObject({
    ok: true,
    data: { cancelled: 3 },
  });
  const { run, tasks } = await getWorkflowRun(id);
  expect(run.status).toBe("failed");
  const child = tasks.find(({ task }) => task.taskId === children[0]?.taskId);
  expect(child?.task.state).toBe("cancelled");
});
