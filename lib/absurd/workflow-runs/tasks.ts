import type { Uuid } from "../../model/ids.ts";
import type { TaskState } from "../../model/states.ts";
import { decodeDate, selectInstants } from "../connection/columns.ts";
import { requireInteger } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { WorkflowRunNotFoundError } from "../errors.ts";
import { selectTaskTenant } from "../tasks/tenants.ts";
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

/** Filters and paging of `getWorkflowRunTasks`. */
export type WorkflowTaskFilters = {
  /** A queue other than the run's. */
  queue?: string;
  /** Cursor: the last task of the previous page. */
  after?: Uuid;
  /** 100 by default. */
  limit?: number;
  /** Only tasks of these tenants; `null` (default) means all tasks, with or without tenant. */
  tenants?: readonly string[] | null;
};

/**
 * Lists the tasks of a workflow run, oldest first: its root task, and tasks with its id in the header
 * `workflow_run_id`. It searches the run's queue, or `queue`; a dropped queue has none. The search by header scans the
 * whole task table.
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
  // Checked first, because a failing statement would abort the caller's transaction.
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
        ${tenants === null ? "" : `and ${selectTaskTenant(queue, "t.task_id")} = any($6::text[])`}
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
    enqueueAt: decodeDate(row.enqueue_at),
    firstStartedAt: decodeDate(row.first_started_at),
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
