import { type SQL, sql } from "drizzle-orm";
import { nullable, text } from "@/lib/db/decode";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import { errorPayload } from "../scope/error-head";
import { payload } from "../scope/payload";
import { redactMember } from "../scope/redact";
import type { RegisteredQueue } from "../scope/registry";

/** All columns of a task; for values longer than `limit` only the size. */
export function taskDetailColumns(queue: RegisteredQueue, limit?: number) {
  const { tasks, tenantId } = queueTables(queue.name);
  const short = (value: SQL) => sql`left(${value}, 200)`.mapWith(nullable(text));
  return {
    queue: sql`${queue.name}::text`.mapWith(text).as("queue"),
    taskId: tasks.taskId,
    name: tasks.name,
    state: tasks.state,
    attempts: tasks.attempts,
    maxAttempts: tasks.maxAttempts,
    enqueuedAt: tasks.enqueuedAt,
    firstStartedAt: tasks.firstStartedAt,
    cancelledAt: tasks.cancelledAt,
    lastAttemptRun: tasks.lastAttemptRun,
    tenantId: short(tenantId).as("tenant_id"),
    workflowRunId: sql`left(${tasks.headers} ->> 'workflow_run_id', 200)`
      .mapWith((value) => redactMember("headers", "workflow_run_id", nullable(text)(value)))
      .as("workflow_run_id"),
    idempotencyKey: queue.hasIdempotencyKey
      ? tasks.idempotencyKey
      : sql`null::text`.mapWith(nullable(text)).as("idempotency_key"),
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
    failureReason: errorPayload(runs.failureReason, limit),
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
