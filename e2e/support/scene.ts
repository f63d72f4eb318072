import type { Json } from "@/lib/model/json";
import { awaitEvent, emitEvent } from "../../lib/absurd/events/events";
import { setCheckpoint } from "../../lib/absurd/runs/checkpoints";
import { claimTasks, completeTask, failTask } from "../../lib/absurd/runs/runs";
import { type SpawnOptions, spawnTask } from "../../lib/absurd/tasks/spawn";
import { cancelTask } from "../../lib/absurd/tasks/tasks";
import {
  createWorkflowRun,
  updateWorkflowRunStatus,
} from "../../lib/absurd/workflow-runs/workflow-runs";
import type { Work } from "./fixtures";

/** Ids of a scene's contents, one of each kind. */
export type Scene = Record<
  | "completed"
  | "failed"
  | "sleeping"
  | "running"
  | "cancelled"
  | "pending"
  | "workflowRun"
  | "definition"
  | "bulk",
  string
> & { worker: string; tenant: string };

const DEFINITION = {
  name: "scene_review",
  version: "1.0.0",
  start_task: "fetch",
  tasks: {
    fetch: { task_id: "fetch", operator_type: "task", function: "scene.fetch" },
    approval: {
      task_id: "approval",
      operator_type: "wait_for_event",
      event_name: "approval",
      dependencies: ["fetch"],
    },
  },
};

/** Fills the test's queue with one of everything, for specs about pages rather than actions. */
export async function setScene({ pool, queue }: Work): Promise<Scene> {
  const worker = `${queue}:4711`;
  const tenant = `t-${queue}`;
  const claim = async (name: string, params: Json, options: SpawnOptions = {}) => {
    const { taskId } = await spawnTask(pool, queue, name, params, {
      headers: { tenant_id: tenant },
      ...options,
    });
    const [run] = await claimTasks(pool, queue, { workerId: worker, claimTimeoutSeconds: 3_600 });
    return { taskId, runId: run?.runId ?? "" };
  };
  const step = (task: { taskId: string; runId: string }, stepName: string, state: Json) =>
    setCheckpoint(pool, queue, {
      taskId: task.taskId,
      stepName,
      state,
      ownerRunId: task.runId,
    });

  const completed = await claim("pack-order", { order: { id: 7, lines: [1, 2, 3], note: null } });
  await step(completed, "reserve-stock", { items: 3 });
  await completeTask(pool, queue, completed.runId, { parcel: "P-7" });
  const failed = await claim("charge-card", { order: { id: 42 } });
  await step(failed, "validate", true);
  await failTask(pool, queue, failed.runId, new RangeError("card declined"));
  const sleeping = await claim("ship-order", { order: { id: 9 } });
  await awaitEvent(pool, queue, {
    ...sleeping,
    stepName: "pickup",
    eventName: "picked-up:9",
    timeoutSeconds: 7_200,
  });
  const cancelled = await spawnTask(pool, queue, "bill-order");
  await cancelTask(pool, queue, { taskId: cancelled.taskId });
  await emitEvent(pool, queue, "paid:7", { amount: 1200 });
  const root = await claim("review", {});
  await step(root, "fetch", { amount: 5_000 });
  await awaitEvent(pool, queue, { ...root, stepName: "approval", eventName: "approval:1" });
  const running = await claim("render-report", { pages: 12 });
  const pending = await spawnTask(pool, queue, "send-receipt", {});
  await recordPerson({ pool, queue });

  return {
    completed: completed.taskId,
    failed: failed.taskId,
    sleeping: sleeping.taskId,
    running: running.taskId,
    cancelled: cancelled.taskId,
    pending: pending.taskId,
    ...(await startReview({ pool, queue }, tenant, root)),
    bulk: await recordBulk({ pool, queue }, failed.taskId),
    worker,
    tenant,
  };
}

type Place = Pick<Work, "pool" | "queue">;

async function startReview(
  { pool, queue }: Place,
  tenantId: string,
  { taskId, runId }: { taskId: string; runId: string },
): Promise<Pick<Scene, "workflowRun" | "definition">> {
  const { rows } = await pool.query(
    `insert into workflow_definition (workflow_name, workflow_version, workflow_hash, definition, tenant_id)
     values ($1, $2, 'scene', $3, $4) returning definition_id as id`,
    [DEFINITION.name, DEFINITION.version, DEFINITION, tenantId],
  );
  const id = await createWorkflowRun(pool, queue, {
    workflowName: DEFINITION.name,
    workflowVersion: DEFINITION.version,
    definitionId: rows[0].id,
    absurdTaskId: taskId,
    absurdRunId: runId,
    createdBy: `api-${queue}`,
    tags: { scene: queue },
    tenantId,
  });
  await updateWorkflowRunStatus(pool, id, "running");
  return { workflowRun: id, definition: rows[0].id };
}

/** Records a person who signed in with an identity provider, with words wider than a phone. */
async function recordPerson({ pool, queue }: Place): Promise<void> {
  await pool.query(
    `insert into absurd_dashboard.person (door, subject, name, reasons, grants)
     values ('oidc', $1, 'Ada', '{"member of the group platform-engineering-on-call"}', $2)`,
    [
      `ada-${queue}@example.com`,
      JSON.stringify([{ role: "viewer", queues: [queue], tenants: null, payloads: false }]),
    ],
  );
}

/** Records a finished bulk operation with its audit entry. */
async function recordBulk({ pool, queue }: Place, taskId: string): Promise<string> {
  const { rows } = await pool.query(
    `with job as (
       insert into absurd_dashboard.bulk_job
         (action, operator, reason, state, finished_at, collected, done, skipped)
       values ('retry', $1, 'gateway is back', 'done', now(), 2, 1, 1) returning bulk_id),
     items as (
       insert into absurd_dashboard.bulk_item (bulk_id, task_id, queue, outcome, code, message, at)
       select bulk_id, $2, $3, 'done', null, null, now() from job
       union all
       select bulk_id, gen_random_uuid(), $3, 'skipped', 'ended', 'The task is completed.', now() from job),
     entries as (
       insert into absurd_dashboard.audit_entry
         (operator, action, queue, task_id, bulk_id, reason, outcome, code, message, parameters)
       select $1, 'retry task', $3, $2, bulk_id, 'gateway is back', 'done', null, null, '{"attempts": 1}'::jsonb from job
       union all
       select $1, 'start bulk', null, null, bulk_id, 'gateway is back', 'done', null, null, '{"action": "retry"}'::jsonb from job
       union all
       select $1, 'cancel task', $3, $2, null, null, 'refused', 'ended', 'The task had ended.', '{}'::jsonb from job)
     select bulk_id as id from job`,
    [`ada-${queue}`, taskId, queue],
  );
  return rows[0].id;
}
