import { atomically } from "../../absurd/connection/atomically.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { call, queueTable } from "../../absurd/connection/sql.ts";
import { WorkflowRunNotFoundError, WorkflowTableMissingError } from "../../absurd/errors.ts";
import { emitEvent } from "../../absurd/events/events.ts";
import { cancelTask } from "../../absurd/tasks/tasks.ts";
import { findWorkflowTable, type WorkflowRun } from "../../absurd/workflow-runs/table.ts";
import {
  getWorkflowRun,
  updateWorkflowRunStatus,
} from "../../absurd/workflow-runs/workflow-runs.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import { ACTIVE_STATES } from "../../model/states.ts";
import type { Ending } from "./outcome.ts";

/** The event that a child workflow emits when it ends, in any way. */
export function childEvent(workflowRunId: Uuid): string {
  return `hw:${workflowRunId}:end`;
}

/** Reports to a run's parent how the run ended. */
export async function emitEnd(
  tx: Queryable,
  queue: string,
  workflowRunId: Uuid,
  end: Ending,
): Promise<void> {
  const payload = { result: null, error: null, ...end };
  await emitEvent(tx, queue, childEvent(workflowRunId), payload as Json);
}

/**
 * Cancels a workflow run: its task, the tasks of its parts, its row, and the runs of its child workflows at every
 * depth, all or nothing. Workers notice at their next checkpoint.
 *
 * @returns how many tasks were cancelled.
 * @throws WorkflowRunNotFoundError.
 * @throws WorkflowRunEndedError.
 */
export async function cancelWorkflowRun(
  db: Queryable,
  queue: string,
  workflowRunId: Uuid,
): Promise<number> {
  return atomically(db, async (tx) => {
    const run = await getWorkflowRun(tx, workflowRunId);
    if (!run) throw new WorkflowRunNotFoundError(workflowRunId);
    await updateWorkflowRunStatus(tx, workflowRunId, "cancelled", { mustExist: true });
    await notifyParent(tx, queue, run);
    const roots = run.absurdTaskId === undefined ? [] : [run.absurdTaskId];
    return cancelTasksOfRun(tx, queue, workflowRunId, { also: roots });
  });
}

/**
 * Completes the cancellation of a run whose row and tasks were cancelled separately: notifies its parent, and
 * cancels its child workflows at every depth.
 */
export async function concludeCancelledRun(
  tx: Queryable,
  run: Pick<WorkflowRun, "workflowRunId" | "parentWorkflowRunId" | "absurdQueue">,
): Promise<void> {
  if (run.absurdQueue !== null) await notifyParent(tx, run.absurdQueue, run);
  await cancelChildren(tx, run.workflowRunId);
}

async function notifyParent(
  tx: Queryable,
  queue: string,
  {
    workflowRunId,
    parentWorkflowRunId,
  }: Pick<WorkflowRun, "workflowRunId" | "parentWorkflowRunId">,
): Promise<void> {
  if (parentWorkflowRunId === undefined) return;
  const error = { type: "Cancelled", message: "The run was cancelled." };
  await emitEnd(tx, queue, workflowRunId, { status: "cancelled", error });
}

/**
 * Cancels the unfinished tasks that carry a run's id, and its child workflows.
 *
 * @returns how many tasks were cancelled, including those of children.
 */
export async function cancelTasksOfRun(
  tx: Queryable,
  queue: string,
  workflowRunId: Uuid,
  { also = [], except = "" }: { also?: readonly Uuid[]; except?: Uuid },
): Promise<number> {
  let count = 0;
  for (const taskId of also) if ((await cancelTask(tx, queue, { taskId })).cancelled) count++;
  for (;;) {
    // A part may spawn further parts until it is cancelled itself. The index of runs by state keeps the search
    // from reading the queue's whole history.
    const tasks = await call<{ id: Uuid }>(
      tx,
      `select t.task_id::text as id from ${queueTable("t", queue)} t
        where t.task_id in (select r.task_id from ${queueTable("r", queue)} r where r.state = any ($2))
          and t.headers ->> 'workflow_run_id' = $1 and t.state = any ($2) and t.task_id::text <> $3
        order by t.task_id`,
      [workflowRunId, [...ACTIVE_STATES], except],
      { queue },
    );
    if (tasks.length === 0) break;
    for (const { id } of tasks)
      if ((await cancelTask(tx, queue, { taskId: id })).cancelled) count++;
  }
  return count + (await cancelChildren(tx, workflowRunId));
}

/** Cancels a run's unfinished child workflows. */
async function cancelChildren(tx: Queryable, workflowRunId: Uuid): Promise<number> {
  let count = 0;
  for (const { id, queue } of await listOpenChildren(tx, workflowRunId))
    count += await cancelWorkflowRun(tx, queue, id);
  return count;
}

async function listOpenChildren(
  tx: Queryable,
  workflowRunId: Uuid,
): Promise<{ id: Uuid; queue: string }[]> {
  const table = await findWorkflowTable(tx, "public").catch((error) => {
    if (error instanceof WorkflowTableMissingError) return undefined;
    throw error;
  });
  if (!table?.columns.has("parent_workflow_run_id")) return [];
  return call<{ id: Uuid; queue: string }>(
    tx,
    `select workflow_run_id::text as id, absurd_queue as queue from ${table.sql}
      where parent_workflow_run_id = $1 and status::text in ('pending', 'running')
      order by workflow_run_id`,
    [workflowRunId],
  );
}
