import type { Uuid } from "../../model/ids.ts";
import type { TaskState } from "../../model/states.ts";
import { readDate, selectInstants } from "../connection/columns.ts";
import { requireInteger } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { WorkflowRunNotFoundError } from "../errors.ts";
import { tenantOfTask } from "../tasks/tenants.ts";
import type { WorkflowSchema } from "./table.ts";
import { getWorkflowRun } from "./workflow-runs.ts";

/** A task of a workflow run. */
export type WorkflowTask = {
  queue: string;
  taskId: Uuid;
  taskName: string;
  state: TaskState;
  attempts: number;
  enqueueAt: Date;
  firstStartedAt: Date | null;
  /** The task that executes the workflow itself. */
  isRoot: boolean;
};

/** Which tasks of a workflow run to list. */
export type WorkflowTaskFilters = {
  /** Another queue than the run's. */
  queue?: string;
  /** Only tasks after this one: the last of the page before. */
  after?: Uuid;
  /** 100 by default. */
  limit?: number;
  /** Only tasks of these tenants; `null`, as by default: of all, and those that have none. */
  tenants?: readonly string[] | null;
};

/**
 * The tasks of a workflow run, oldest first: its root, and those that carry its id in the header `workflow_run_id`.
 * They are looked for in the run's queue, or in `queue`; a queue that is gone has none. Finding them by header reads
 * the whole task table.
 *
 * @throws WorkflowRunNotFoundError. @throws WorkflowTableMissingError.
 */
export async function getWorkflowRunTasks(
  db: Queryable,
  workflowRunId: Uuid,
  filters: WorkflowTaskFilters = {},
  options: WorkflowSchema = {},
): Promise<WorkflowTask[]> {
  const { after = null, limit = 100, tenants = null } = filters;
  requireInteger("limit", limit, 1);
  const run = await getWorkflowRun(db, workflowRunId, options);
  if (!run) throw new WorkflowRunNotFoundError(workflowRunId);
  const queue = filters.queue ?? run.absurdQueue;
  if (!queue) return [];
  const [tasks, runs] = [queueTable("t", queue), queueTable("r", queue)];
  // Asked first, because a statement that fails would spoil the caller's transaction.
  const [table] = await call<{ exists: boolean }>(
    db,
    "select to_regclass($1) is not null as exists",
    [tasks],
  );
  if (!table?.exists) return [];
  const rows = await call<WorkflowTaskRow>(
    db,
    `with root as (
       select coalesce($2::uuid, (select task_id from ${runs} where run_id = $3)) as task_id
     )
     select t.task_id, t.task_name, t.state, t.attempts, ${selectInstants("enqueue_at", "first_started_at")},
            t.task_id is not distinct from root.task_id as is_root
       from ${tasks} t, root
      where (t.headers ->> 'workflow_run_id' = $1 or t.task_id = root.task_id)
        and ($4::uuid is null or t.task_id > $4)
        ${tenants === null ? "" : `and ${tenantOfTask(queue, "t.task_id")} = any($6::text[])`}
      order by t.task_id limit $5`,
    [
      workflowRunId,
      run.absurdTaskId ?? null,
      run.absurdRunId,
      after,
      limit,
      ...(tenants === null ? [] : [tenants]),
    ],
    { queue },
  );
  return rows.map((row) => ({
    queue,
    taskId: row.task_id,
    taskName: row.task_name,
    state: row.state,
    attempts: row.attempts,
    enqueueAt: readDate(row.enqueue_at),
    firstStartedAt: readDate(row.first_started_at),
    isRoot: row.is_root,
  }));
}

type WorkflowTaskRow = {
  task_id: Uuid;
  task_name: string;
  state: TaskState;
  attempts: number;
  enqueue_at: string;
  first_started_at: string | null;
  is_root: boolean;
};
