import type { Pool } from "pg";
import { awaitEvent, emitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import {
  createWorkflowRun,
  updateWorkflowRunStatus,
} from "@/lib/absurd/workflow-runs/workflow-runs";
import type { Uuid } from "@/lib/model/ids";

type Started = { taskId: Uuid; runId: Uuid };

/** Everything that belongs to one tenant. All of its texts contain the tenant's name. */
export type Belongings = {
  tenant: string;
  queue: string;
  pending: Started;
  running: Started;
  /** Waits for `{tenant}:paid`. */
  waiting: Started;
  /** Waits for `shared`, like a task of the other tenant. */
  sharing: Started;
  failed: Started;
  completed: Started;
  cancelled: Started;
  workflowRunId: Uuid;
  definitionId: Uuid;
  bulkId: Uuid;
};

/** Creates a queue in which two tenants, `acme` and `globex`, have one of everything. */
export async function createTwoTenants(
  pool: Pool,
  queue: string,
): Promise<{ own: Belongings; foreign: Belongings }> {
  await createQueue(pool, queue);
  const own = await createTenant(pool, queue, "acme");
  const foreign = await createTenant(pool, queue, "globex");
  return {
    own: { ...own, pending: await addPending(pool, queue, "acme") },
    foreign: { ...foreign, pending: await addPending(pool, queue, "globex") },
  };
}

/** Like `createTwoTenants`, with a separate queue for each. */
export async function createTwoPlaces(
  pool: Pool,
  queueOfOwn: string,
  queueOfForeign: string,
): Promise<{ own: Belongings; foreign: Belongings }> {
  const create = async (queue: string, tenant: string): Promise<Belongings> => {
    await createQueue(pool, queue);
    const belongings = await createTenant(pool, queue, tenant);
    return { ...belongings, pending: await addPending(pool, queue, tenant) };
  };
  return {
    own: await create(queueOfOwn, "acme"),
    foreign: await create(queueOfForeign, "globex"),
  };
}

/** Gives a tenant one of everything in a queue. Call `addPending` after all other tenants have claimed. */
export async function createTenant(
  pool: Pool,
  queue: string,
  tenant: string,
): Promise<Omit<Belongings, "pending">> {
  const start = async (what: string, options = {}): Promise<Started> => {
    const { taskId } = await spawn(pool, queue, tenant, what, options);
    const workerId = `${tenant}-worker`;
    const [run] = await claimTasks(pool, queue, { workerId, claimTimeoutSeconds: 3_600 });
    if (run?.taskId !== taskId) throw new Error("another task was claimed");
    return { taskId, runId: run.runId };
  };
  const wait = async (what: string, eventName: string) => {
    const run = await start(what);
    await awaitEvent(pool, queue, { ...run, stepName: `${tenant}-step`, eventName });
    return run;
  };
  const check = ({ taskId, runId }: Started) =>
    setCheckpoint(pool, queue, {
      ...{ taskId, ownerRunId: runId, stepName: `${tenant}-step`, state: tenant },
    });
  const running = await start("running");
  await check(running);
  const failed = await start("failed");
  await failTask(pool, queue, failed.runId, { name: `${tenant}Error`, message: `${tenant} broke` });
  const completed = await start("completed");
  await check(completed);
  await completeTask(pool, queue, completed.runId, { by: tenant });
  for (let n = 0; n < 8; n++)
    await completeTask(pool, queue, (await start("usual")).runId, { by: tenant });
  const cancelled = await start("cancelled");
  await cancelTask(pool, queue, { taskId: cancelled.taskId });
  const waiting = await wait("waiting", `${tenant}:paid`);
  const sharing = await wait("sharing", "shared");
  await emitEvent(pool, queue, `${tenant}:done`, { by: tenant });
  // The event is emitted, but a wait remains that no worker has cleared yet.
  await emitEvent(pool, queue, `${tenant}:late`, { by: tenant });
  await pool.query(
    `insert into absurd."w_${queue}" (task_id, run_id, step_name, event_name, timeout_at, created_at)
     values ($1, $2, $3, $4, now() - interval '1 minute', now())`,
    [waiting.taskId, waiting.runId, `${tenant}-late`, `${tenant}:late`],
  );
  await pool.query(
    `insert into absurd."e_${queue}" (event_name, payload, emitted_at) values ($1, null, 'epoch')`,
    [`${tenant}:asked`],
  );
  const flow = await start("flow", { params: { definition: { name: `${tenant}_flow` } } });
  return {
    ...{ tenant, queue, running, waiting, sharing, failed, completed, cancelled },
    ...(await settleWorkflow(pool, queue, tenant, flow)),
    bulkId: await settleBulk(pool, queue, tenant, failed),
  };
}

/** Adds a task that isn't claimed. */
function addPending(pool: Pool, queue: string, tenant: string): Promise<Started> {
  return spawn(pool, queue, tenant, "pending", { idempotencyKey: `${tenant}-key` });
}

async function spawn(
  pool: Pool,
  queue: string,
  tenant: string,
  what: string,
  { params = { of: tenant }, ...options }: { params?: object; idempotencyKey?: string } = {},
): Promise<Started> {
  const headers = { tenant_id: tenant, note: tenant };
  return spawnTask(
    pool,
    queue,
    `${tenant}-${what}`,
    { ...params },
    {
      ...options,
      headers,
      maxAttempts: 1,
    },
  );
}

async function settleWorkflow(pool: Pool, queue: string, tenant: string, flow: Started) {
  const definition = await pool.query(
    `insert into public.workflow_definition
       (workflow_name, workflow_version, workflow_hash, definition, tenant_id, created_by)
     values ($1, '1', $1, jsonb_build_object('name', $1::text), $2, $2) returning definition_id`,
    [`${tenant}_flow`, tenant],
  );
  const definitionId: Uuid = definition.rows[0].definition_id;
  const workflowRunId = await createWorkflowRun(pool, queue, {
    workflowName: `${tenant}_flow`,
    workflowVersion: "1",
    absurdTaskId: flow.taskId,
    absurdRunId: flow.runId,
    inputs: { of: tenant },
    tags: { of: tenant },
    createdBy: tenant,
    tenantId: tenant,
    definitionId,
  });
  await updateWorkflowRunStatus(pool, workflowRunId, "running");
  return { workflowRunId, definitionId };
}

async function settleBulk(
  pool: Pool,
  queue: string,
  tenant: string,
  { taskId }: Started,
): Promise<Uuid> {
  const job = await pool.query(
    `insert into absurd_dashboard.bulk_job (action, operator, reason, state, tenants, collected)
     values ('retry', $1, $1, 'running', array[$1], 1) returning bulk_id`,
    [tenant],
  );
  const bulkId: Uuid = job.rows[0].bulk_id;
  await pool.query(
    `insert into absurd_dashboard.bulk_item (bulk_id, queue, task_id, message)
     values ($1, $2, $3, $4)`,
    [bulkId, queue, taskId, tenant],
  );
  await pool.query(
    `insert into absurd_dashboard.audit_entry (operator, action, queue, task_id, reason, outcome, tenants)
     values ($1, $1 || ' acted', $2, $3, $1, 'done', array[$1])`,
    [tenant, queue, taskId],
  );
  return bulkId;
}

/** Removes everything that belongs to a tenant. */
export async function removeTenant(pool: Pool, { queue, tenant, bulkId }: Belongings) {
  const tasks = `select task_id from absurd."t_${queue}" where headers ->> 'tenant_id' = $1`;
  for (const prefix of ["w", "c", "r", "t"])
    await pool.query(`delete from absurd."${prefix}_${queue}" where task_id in (${tasks})`, [
      tenant,
    ]);
  const named = "starts_with(event_name, $1)";
  await pool.query(`delete from absurd."e_${queue}" where ${named}`, [tenant]);
  await pool.query("delete from public.workflow_run where tenant_id = $1", [tenant]);
  await pool.query("delete from public.workflow_definition where tenant_id = $1", [tenant]);
  await pool.query("delete from absurd_dashboard.bulk_item where bulk_id = $1", [bulkId]);
  await pool.query("delete from absurd_dashboard.bulk_job where bulk_id = $1", [bulkId]);
  const audit = "absurd_dashboard.audit_entry";
  await pool.query(`alter table ${audit} disable trigger audit_entry_only_grows`);
  await pool.query(`delete from ${audit} where tenants = array[$1]`, [tenant]);
  await pool.query(`alter table ${audit} enable always trigger audit_entry_only_grows`);
}
