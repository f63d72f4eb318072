import type { Uuid } from "../../model/ids.ts";
import { ACTIVE_STATES, isActive, type TaskState } from "../../model/states.ts";
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
  return rows.map((row) => toWorkflowTask(queue, row));
}

/** Rows per step of `scanWorkflowTasks`: few enough for any statement limit, even when read from disk. */
const SCANNED = 20_000;

/**
 * Scans the next 20,000 tasks of a queue after `after`, oldest first, and returns those of the run. No index finds
 * them, so callers run steps within their own time limit. `next` is where the following step starts; `null` at the
 * end.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function scanWorkflowTasks(
  db: Queryable,
  run: RunKeys,
  { queue, after, tenants }: { queue: string; after: Uuid } & OfTenants,
): Promise<{ tasks: WorkflowTask[]; next: Uuid | null }> {
  const [found] = await call<{ last: Uuid | null; scanned: number; ids: Uuid[] | null }>(
    db,
    `with slice as materialized (
       select task_id, headers ->> 'workflow_run_id' = $1 as is_match
         from ${queueTable("t", queue)} where task_id > $2 order by task_id limit $3)
     select (select task_id from slice order by task_id desc limit 1) as last,
            (select count(*)::integer from slice) as scanned,
            (select array_agg(task_id order by task_id) from slice where is_match) as ids`,
    [run.workflowRunId, after, SCANNED],
    { queue },
  );
  const next = found && found.scanned === SCANNED ? found.last : null;
  return { tasks: await listTasksById(db, run, { queue, tenants }, found?.ids ?? []), next };
}

/** Active runs above which a queue is not searched. */
const MOST_ACTIVE = 200_000;

/**
 * Tasks per statement, in the order of their ids, which is nearly that of their pages: few enough for any statement
 * limit, even when each is read from disk.
 */
const LOOKED_UP = 2_000;

/**
 * Returns the active tasks of a run in one queue, oldest first: found by the index of runs by state, so the cost
 * grows with the active tasks of the queue, not with its history. `null` if the queue has more than 200,000 active
 * runs.
 *
 * @param from tasks with a lower id are left out.
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function listActiveWorkflowTasks(
  db: Queryable,
  run: RunKeys,
  { queue, from, tenants }: { queue: string; from: Uuid } & OfTenants,
): Promise<WorkflowTask[] | null> {
  const [found] = await call<{ active: number; ids: Uuid[] | null }>(
    db,
    `with active as materialized (
       select task_id from ${queueTable("r", queue)} where state = any($1::text[]) limit $2)
     select (select count(*)::integer from active) as active,
            (select array_agg(distinct task_id order by task_id) from active where task_id >= $3) as ids`,
    [ACTIVE_STATES, MOST_ACTIVE + 1, from],
    { queue },
  );
  if ((found?.active ?? 0) > MOST_ACTIVE) return null;
  const ids: Uuid[] = [];
  for (let at = 0; at < (found?.ids?.length ?? 0); at += LOOKED_UP) {
    // The limit forces lookups by key: for a join the planner may read all tasks of a partitioned queue.
    const own = await call<{ task_id: Uuid }>(
      db,
      `select own.task_id
         from unnest($2::uuid[]) as active (task_id)
        cross join lateral (
          select t.task_id from ${queueTable("t", queue)} t
           where t.task_id = active.task_id
             and (t.headers ->> 'workflow_run_id' = $1 or t.task_id = $3)
           limit 1) as own`,
      [run.workflowRunId, found?.ids?.slice(at, at + LOOKED_UP), run.rootTaskId],
      { queue },
    );
    ids.push(...own.map(({ task_id }) => task_id));
  }
  const tasks = await listTasksById(db, run, { queue, tenants }, ids);
  return tasks.filter(({ state }) => isActive(state));
}

/** Identifies the tasks of a workflow run: its id in their headers, or the id of its root task. */
export type RunKeys = { workflowRunId: Uuid; rootTaskId: Uuid | null };

/** Only tasks of these tenants; `null` means all. */
type OfTenants = { tenants: readonly string[] | null };

/** Tasks of a run by id, oldest first; missing ones are left out. @throws QueueNotFoundError for an unknown queue. */
export async function listTasksById(
  db: Queryable,
  run: RunKeys,
  { queue, tenants }: { queue: string } & OfTenants,
  taskIds: readonly Uuid[],
): Promise<WorkflowTask[]> {
  if (taskIds.length === 0) return [];
  const rows = await call<WorkflowTaskRow>(
    db,
    `select task_id, task_name, state, attempts, ${selectInstants("enqueue_at", "first_started_at")},
            task_id is not distinct from $2::uuid as is_root
       from ${queueTable("t", queue)} t
      where task_id = any($1::uuid[])
        ${tenants === null ? "" : `and ${selectTaskTenant(queue, "t.task_id")} = any($3::text[])`}
      order by task_id`,
    [taskIds, run.rootTaskId, ...(tenants === null ? [] : [tenants])],
    { queue },
  );
  return rows.map((row) => toWorkflowTask(queue, row));
}

function toWorkflowTask(queue: string, row: WorkflowTaskRow): WorkflowTask {
  return {
    queue,
    taskId: row.task_id,
    taskName: row.task_name,
    state: row.state,
    attempts: row.attempts,
    enqueueAt: decodeDate(row.enqueue_at),
    firstStartedAt: decodeDate(row.first_started_at),
    isRoot: row.is_root,
  };
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
