import type { Uuid } from "../../model/ids.ts";
import { ACTIVE_STATES, type TaskState } from "../../model/states.ts";
import { callFeature, requireFeature } from "../connection/capabilities.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { selectTaskTenant } from "./tenants.ts";

/** A task whose row, and whose active run, this transaction has locked. */
export type LockedTask = {
  taskId: Uuid;
  state: TaskState;
  attempts: number;
  lastAttemptRun: Uuid | null;
  tenant: string | null;
};

/** `busy`: another transaction holds the task or its run. `missing`: the queue doesn't have the task. */
export type TaskLock = LockedTask | "busy" | "missing";

/**
 * Locks tasks and their active runs until the transaction ends, without waiting for any lock: waiting while
 * holding many rows could deadlock with a worker. Runs come before tasks, as in the engine. The states are read
 * under the lock, so they hold until the transaction ends.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function lockTasks(
  db: Queryable,
  queue: string,
  taskIds: readonly Uuid[],
): Promise<Map<Uuid, TaskLock>> {
  const [tasks, runs] = [queueTable("t", queue), queueTable("r", queue)];
  const lockedRuns = await call<{ run_id: Uuid }>(
    db,
    `select run_id from ${runs} where task_id = any($1::uuid[]) and state = any($2::text[])
      order by run_id for update skip locked`,
    [taskIds, ACTIVE_STATES],
    { queue },
  );
  const rows = await call<TaskRow>(
    db,
    `with found as materialized (
       select task_id from ${tasks} where task_id = any($1::uuid[])
     ), locked as materialized (
       select task_id, state, attempts, last_attempt_run from ${tasks}
        where task_id = any($1::uuid[]) order by task_id for update skip locked
     )
     select found.task_id, locked.state, locked.attempts, locked.last_attempt_run,
            ${selectTaskTenant(queue, "found.task_id")} as tenant
       from found left join locked using (task_id)`,
    [taskIds],
    { queue },
  );
  // With its task locked, no engine function adds a run. One added before that lock may belong to another transaction.
  const foreign = await call<{ task_id: Uuid }>(
    db,
    `select task_id from ${runs}
      where task_id = any($1::uuid[]) and state = any($2::text[]) and run_id <> all($3::uuid[])`,
    [taskIds, ACTIVE_STATES, lockedRuns.map((run) => run.run_id)],
    { queue },
  );
  const locks = new Map<Uuid, TaskLock>(taskIds.map((taskId) => [taskId, "missing"]));
  for (const row of rows)
    locks.set(row.task_id, row.state === null ? "busy" : toLock(row, row.state));
  for (const { task_id } of foreign) locks.set(task_id, "busy");
  return locks;
}

type TaskRow = {
  task_id: Uuid;
  state: TaskState | null;
  attempts: number;
  last_attempt_run: Uuid | null;
  tenant: string | null;
};

function toLock({ task_id, attempts, last_attempt_run, tenant }: TaskRow, state: TaskState) {
  return { taskId: task_id, state, attempts, lastAttemptRun: last_attempt_run, tenant };
}

/**
 * Cancels tasks that this transaction has locked in an active state, in the order given.
 *
 * @throws UnsupportedByEngineError before schema 0.0.5.
 */
export async function cancelTasks(
  db: Queryable,
  queue: string,
  taskIds: readonly Uuid[],
): Promise<void> {
  await requireFeature(db, "cancel_task");
  await callFeature(
    db,
    "cancel_task",
    `select absurd.cancel_task($1, task_id)
       from unnest($2::uuid[]) with ordinality as given (task_id, position) order by position`,
    [queue, taskIds],
    { queue },
  );
}

/**
 * Retries tasks that this transaction has locked in the state `failed`, in place. Without `maxAttempts` the engine
 * grants one more attempt. Returns the number of each new attempt.
 *
 * @throws UnsupportedByEngineError before schema 0.2.0.
 */
export async function retryTasks(
  db: Queryable,
  queue: string,
  retries: readonly { taskId: Uuid; maxAttempts?: number }[],
): Promise<Map<Uuid, number>> {
  const rows = await callFeature<{ task_id: Uuid; attempt: number }>(
    db,
    "retry_task",
    `select given.task_id, retried.attempt
       from unnest($2::uuid[], $3::integer[]) as given (task_id, max_attempts)
      cross join lateral absurd.retry_task($1, given.task_id,
        jsonb_strip_nulls(jsonb_build_object('max_attempts', given.max_attempts))) as retried`,
    [
      queue,
      retries.map(({ taskId }) => taskId),
      retries.map(({ maxAttempts }) => maxAttempts ?? null),
    ],
    { queue },
  );
  return new Map(rows.map((row) => [row.task_id, row.attempt]));
}
