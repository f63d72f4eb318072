import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { ACTIVE_STATES, isActive, type TaskState } from "../../model/states.ts";
import { atomically } from "../connection/atomically.ts";
import { callFeature, requireFeature } from "../connection/capabilities.ts";
import { decodeDate, decodeJson, selectInstants, selectJson } from "../connection/columns.ts";
import { requireInteger } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { TaskNotFoundError } from "../errors.ts";
import { requireTaskIdForRun } from "../runs/runs.ts";

/** The task to cancel, by its id or the id of any of its runs. */
export type CancelTarget = { taskId: Uuid } | { runId: Uuid };

/** The task after `cancelTask`. */
export type CancelledTask = {
  taskId: Uuid;
  /** True if the task was active before and is cancelled now. */
  cancelled: boolean;
  state: TaskState;
};

/**
 * Cancels a task that is pending, sleeping or running; an ended task stays unchanged. The rows change at once. A
 * worker that executes the task receives `TaskCancelledError` at its next checkpoint, heartbeat or completion. If
 * two callers cancel a task at the same time, exactly one of them receives `cancelled: true`.
 *
 * @throws TaskNotFoundError or RunNotFoundError.
 * @throws QueueNotFoundError for an unknown queue.
 * @throws UnsupportedByEngineError before schema 0.0.5.
 */
export async function cancelTask(
  db: Queryable,
  queue: string,
  target: CancelTarget,
): Promise<CancelledTask> {
  await requireFeature(db, "cancel_task");
  const taskId =
    "taskId" in target ? target.taskId : await requireTaskIdForRun(db, queue, target.runId);
  return atomically(db, async (tx) => {
    // The engine's order: runs, then the task.
    await call(
      tx,
      `select from ${queueTable("r", queue)} where task_id = $1 and state = any($2::text[])
        order by run_id for update`,
      [taskId, ACTIVE_STATES],
      { queue },
    );
    const before = await getTaskState(tx, queue, taskId);
    const statement = "select absurd.cancel_task($1, $2)";
    await callFeature(tx, "cancel_task", statement, [queue, taskId], { queue });
    const state = await getTaskState(tx, queue, taskId);
    const wasActive = isActive(before);
    return { taskId, cancelled: wasActive && state === "cancelled", state };
  });
}

async function getTaskState(db: Queryable, queue: string, taskId: Uuid): Promise<TaskState> {
  const [row] = await call<{ state: TaskState }>(
    db,
    `select state from ${queueTable("t", queue)} where task_id = $1`,
    [taskId],
    { queue },
  );
  if (!row) throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}"`);
  return row.state;
}

/** Options of a retry. */
export type RetryOptions = {
  /** The new limit of attempts; by default the old limit plus one (unlimited: attempts made plus one). */
  maxAttempts?: number;
  /** Spawn a new task with the same name, params, headers and options instead of retrying in place. */
  spawnNew?: boolean;
};

/** The attempt that a retry created; `created` is true for a new task. */
export type RetriedTask = { taskId: Uuid; runId: Uuid; attempt: number; created: boolean };

/**
 * Retries a failed task. In place it keeps its id, checkpoints and idempotency key. A new task starts without
 * checkpoints, and nothing links it to the old one.
 *
 * @throws TaskNotFailedError when the task is in another state. @throws TaskNotFoundError.
 * @throws EngineRefusalError when `maxAttempts` does not exceed the attempts already made.
 * @throws InvalidRetryStrategyError for `spawnNew` when the stored strategy is not valid (since schema 0.5.0).
 * @throws UnsupportedByEngineError before schema 0.2.0.
 */
export async function retryTask(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  options: RetryOptions = {},
): Promise<RetriedTask> {
  if (options.maxAttempts !== undefined) requireInteger("maxAttempts", options.maxAttempts, 1);
  const [row] = await callFeature<{
    task_id: Uuid;
    run_id: Uuid;
    attempt: number;
    created: boolean;
  }>(
    db,
    "retry_task",
    "select task_id, run_id, attempt, created from absurd.retry_task($1, $2, $3::jsonb)",
    [
      queue,
      taskId,
      JSON.stringify({ max_attempts: options.maxAttempts, spawn_new: options.spawnNew }),
    ],
    { queue },
  );
  if (!row) throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}"`);
  return { taskId: row.task_id, runId: row.run_id, attempt: row.attempt, created: row.created };
}

/** One row of the task table. */
export type TaskStatus = {
  taskId: Uuid;
  taskName: string;
  params: Json;
  headers: JsonObject | null;
  /** As stored, with the engine's snake_case keys. */
  retryStrategy: Json;
  /** `null` means unlimited. */
  maxAttempts: number | null;
  /** As stored, with the engine's snake_case keys. */
  cancellation: Json;
  enqueueAt: Date;
  firstStartedAt: Date | null;
  state: TaskState;
  /** Scheduled attempts, not starts: 1 right after the spawn. */
  attempts: number;
  lastAttemptRun: Uuid | null;
  /** `undefined` is SQL NULL: not completed, or completed without a result. */
  completedPayload: Json | undefined;
  cancelledAt: Date | null;
  idempotencyKey: string | null;
  /** From the column or header `tenant_id`, if there is one. */
  tenantId?: string;
};

/**
 * Returns a task, or `null` if the queue doesn't have it. Takes no locks and works in a read-only transaction.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function getTaskStatus(
  db: Queryable,
  queue: string,
  taskId: Uuid,
): Promise<TaskStatus | null> {
  // Columns that only some engines have are selected from the row as JSON, in which a missing one is NULL.
  const [row] = await call<TaskRow>(
    db,
    `select task_id, task_name, max_attempts, state, attempts, last_attempt_run,
            ${selectJson("params", "headers", "retry_strategy", "cancellation", "completed_payload")},
            ${selectInstants("enqueue_at", "first_started_at", "cancelled_at")},
            to_jsonb(t) ->> 'idempotency_key' as idempotency_key,
            coalesce(to_jsonb(t) ->> 'tenant_id', headers ->> 'tenant_id') as tenant_id
       from ${queueTable("t", queue)} t where task_id = $1`,
    [taskId],
    { queue },
  );
  if (!row) return null;
  return {
    taskId: row.task_id,
    taskName: row.task_name,
    params: decodeJson(row.params) ?? null,
    headers: (decodeJson(row.headers) ?? null) as JsonObject | null,
    retryStrategy: decodeJson(row.retry_strategy) ?? null,
    maxAttempts: row.max_attempts,
    cancellation: decodeJson(row.cancellation) ?? null,
    enqueueAt: decodeDate(row.enqueue_at),
    firstStartedAt: decodeDate(row.first_started_at),
    state: row.state,
    attempts: row.attempts,
    lastAttemptRun: row.last_attempt_run,
    completedPayload: decodeJson(row.completed_payload),
    cancelledAt: decodeDate(row.cancelled_at),
    idempotencyKey: row.idempotency_key,
    ...(row.tenant_id !== null && { tenantId: row.tenant_id }),
  };
}

type TaskRow = {
  task_id: Uuid;
  task_name: string;
  params: string;
  headers: string | null;
  retry_strategy: string | null;
  max_attempts: number | null;
  cancellation: string | null;
  enqueue_at: string;
  first_started_at: string | null;
  state: TaskState;
  attempts: number;
  last_attempt_run: Uuid | null;
  completed_payload: string | null;
  cancelled_at: string | null;
  idempotency_key: string | null;
  tenant_id: string | null;
};

/**
 * The state and outcome of a task. `result` and `failure` are `undefined` for SQL NULL: a task without a result, or a
 * failure without a reason.
 */
export type TaskResult =
  | { taskId: Uuid; state: "pending" | "running" | "sleeping" | "cancelled" }
  | { taskId: Uuid; state: "completed"; result: Json | undefined }
  | { taskId: Uuid; state: "failed"; failure: Json | undefined };

/**
 * Returns the state and outcome of a task, or `null` if the queue doesn't have it. Queries the tables directly, so
 * it also works on engines without `get_task_result` (before schema 0.3.0).
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function getTaskResult(
  db: Queryable,
  queue: string,
  taskId: Uuid,
): Promise<TaskResult | null> {
  const [row] = await call<{
    state: TaskState;
    result: string | null;
    failure_reason: string | null;
  }>(
    db,
    `select t.state, t.completed_payload::text as result, r.failure_reason::text as failure_reason
       from ${queueTable("t", queue)} t
       left join ${queueTable("r", queue)} r on r.run_id = t.last_attempt_run
      where t.task_id = $1`,
    [taskId],
    { queue },
  );
  if (!row) return null;
  switch (row.state) {
    case "completed":
      return { taskId, state: row.state, result: decodeJson(row.result) };
    case "failed":
      return { taskId, state: row.state, failure: decodeJson(row.failure_reason) };
    default:
      return { taskId, state: row.state };
  }
}
