import { sql } from "drizzle-orm";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import { payload } from "./payload";
import type { RegisteredQueue } from "./registry";
import { taskColumns } from "./task-rows";

/** All columns of a task; values longer than `limit` come with their size only. */
export function taskDetailColumns(queue: RegisteredQueue, limit?: number) {
  const tables = queueTables(queue.name);
  const { tasks } = tables;
  return {
    ...taskColumns(queue.name, tables),
    idempotencyKey: queue.hasIdempotencyKey
      ? tasks.idempotencyKey
      : sql<string | null>`null::text`.as("idempotency_key"),
    params: payload(tasks.params, limit),
    headers: payload(tasks.headers, limit),
    retryStrategy: payload(tasks.retryStrategy, limit),
    cancellation: payload(tasks.cancellation, limit),
    result: payload(tasks.result, limit),
  };
}

/** The columns of a run that every engine has; values as in `taskDetailColumns`. */
export function runColumns({ runs }: QueueTables, limit: number) {
  return {
    runId: runs.runId,
    taskId: runs.taskId,
    attempt: runs.attempt,
    state: runs.state,
    claimedBy: runs.claimedBy,
    claimExpiresAt: runs.claimExpiresAt,
    availableAt: runs.availableAt,
    startedAt: runs.startedAt,
    completedAt: runs.completedAt,
    failedAt: runs.failedAt,
    createdAt: runs.createdAt,
    wakeEvent: runs.wakeEvent,
    eventPayload: payload(runs.eventPayload, limit),
    result: payload(runs.result, limit),
    failureReason: payload(runs.failureReason, limit),
  };
}

/** The columns of a checkpoint; values as in `taskDetailColumns`. */
export function checkpointColumns({ checkpoints }: QueueTables, limit: number) {
  return {
    name: checkpoints.name,
    state: payload(checkpoints.state, limit),
    status: checkpoints.status,
    ownerRunId: checkpoints.ownerRunId,
    updatedAt: checkpoints.updatedAt,
  };
}
