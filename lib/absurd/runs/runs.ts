import type { Uuid } from "../../model/ids.ts";
import type { Instant } from "../../model/instants.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { TaskState } from "../../model/states.ts";
import { atomically } from "../connection/atomically.ts";
import { callFeature, getCapabilities, requireFeature } from "../connection/capabilities.ts";
import {
  decodeDate,
  decodeInstant,
  decodeJson,
  selectInstants,
  selectJson,
} from "../connection/columns.ts";
import {
  instantParameter,
  jsonParameter,
  requireInteger,
  requireQuantity,
} from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import {
  EngineRefusalError,
  RunChangedError,
  RunFailedError,
  RunNotFoundError,
  RunNotRunningError,
  TaskCancelledError,
} from "../errors.ts";

/** Options of a claim. */
export type ClaimOptions = {
  /** The worker's name, stored as `claimed_by`. */
  workerId?: string;
  /** Length of the lease in whole seconds; 0 means that it never expires. */
  claimTimeoutSeconds?: number;
  /** The maximum number of runs. */
  quantity?: number;
};

/** A run that this worker may execute until its lease ends. */
export type ClaimedTask = {
  runId: Uuid;
  taskId: Uuid;
  attempt: number;
  taskName: string;
  params: Json;
  /** As stored, with the engine's snake_case keys. */
  retryStrategy: Json;
  /** `null` means unlimited. */
  maxAttempts: number | null;
  headers: JsonObject | null;
  /** If `eventPayload` is undefined, the wait for this event timed out. */
  wakeEvent: string | null;
  /** `undefined` is SQL NULL: no event woke the run. */
  eventPayload: Json | undefined;
};

/**
 * Claims runs that are due, the longest available first. Before that the engine cancels tasks that are past their
 * cancellation rules and fails runs of this queue whose lease has expired (each consumes an attempt), even if it
 * claims nothing.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function claimTasks(
  db: Queryable,
  queue: string,
  options: ClaimOptions = {},
): Promise<ClaimedTask[]> {
  const { workerId = "worker", claimTimeoutSeconds = 30, quantity = 1 } = options;
  requireInteger("claimTimeoutSeconds", claimTimeoutSeconds, 0);
  requireInteger("quantity", quantity, 1);
  const rows = await call<ClaimedRow>(
    db,
    `select run_id, task_id, attempt, task_name, max_attempts, wake_event,
            ${selectJson("params", "retry_strategy", "headers", "event_payload")}
       from absurd.claim_task($1, $2, $3, $4)`,
    [queue, workerId, claimTimeoutSeconds, quantity],
    { queue },
  );
  return rows.map((row) => ({
    runId: row.run_id,
    taskId: row.task_id,
    attempt: row.attempt,
    taskName: row.task_name,
    params: decodeJson(row.params) ?? null,
    retryStrategy: decodeJson(row.retry_strategy) ?? null,
    maxAttempts: row.max_attempts,
    headers: (decodeJson(row.headers) ?? null) as JsonObject | null,
    wakeEvent: row.wake_event,
    eventPayload: decodeJson(row.event_payload),
  }));
}

type ClaimedRow = {
  run_id: Uuid;
  task_id: Uuid;
  attempt: number;
  task_name: string;
  params: string;
  retry_strategy: string | null;
  max_attempts: number | null;
  headers: string | null;
  wake_event: string | null;
  event_payload: string | null;
};

/**
 * Completes a running run and its task. A `result` of `undefined` is stored as SQL NULL, any other value as JSON. An
 * expired lease doesn't matter until a claim has failed the run for it.
 *
 * @throws TaskCancelledError, RunFailedError, RunNotFoundError, RunNotRunningError.
 */
export async function completeTask(
  db: Queryable,
  queue: string,
  runId: Uuid,
  result?: Json,
): Promise<void> {
  await call(
    db,
    "select absurd.complete_run($1, $2, $3::jsonb)",
    [queue, runId, jsonParameter(result)],
    { queue },
  );
}

/**
 * Fails a running or sleeping run. While attempts remain, the engine schedules the next one after the delay of the
 * task's retry strategy, or at `retryAt`. A text is stored as `{ name: "TaskExecutionError", message, timestamp }`, an
 * `Error` as `{ name, message, stack, timestamp }`, any other value unchanged.
 *
 * @throws TaskCancelledError, RunFailedError. @throws RunNotRunningError also for an unknown run.
 */
export async function failTask(
  db: Queryable,
  queue: string,
  runId: Uuid,
  reason: string | Error | Json,
  options: { retryAt?: Date } = {},
): Promise<void> {
  const retryAt = options.retryAt && instantParameter("retryAt", options.retryAt);
  await call(
    db,
    "select absurd.fail_run($1, $2, $3::jsonb, $4::timestamptz)",
    [queue, runId, jsonParameter(formatFailure(reason)), retryAt ?? null],
    { queue },
  );
}

function formatFailure(reason: string | Error | Json): Json {
  const timestamp = new Date().toISOString();
  if (typeof reason === "string")
    return { name: "TaskExecutionError", message: storable(reason), timestamp };
  if (!(reason instanceof Error)) return reason;
  return {
    name: reason.name,
    message: storable(reason.message),
    stack: reason.stack === undefined ? null : storable(reason.stack),
    timestamp,
  };
}

/** Replaces U+0000 and lone surrogates, which PostgreSQL can't store. */
function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").replace(/\p{Surrogate}/gu, "\uFFFD");
}

/**
 * Puts a running run to sleep until `wakeAt` and releases its lease; a time in the past makes it ready at once.
 * The same run resumes, with the same attempt. `inSeconds` counts from the database's clock.
 *
 * @throws RunNotRunningError in any other state, so a task that was only spawned can't be delayed.
 */
export async function scheduleRun(
  db: Queryable,
  queue: string,
  runId: Uuid,
  wakeAt: Instant | { inSeconds: number },
): Promise<void> {
  const relative = typeof wakeAt === "object" && "inSeconds" in wakeAt;
  if (relative) requireQuantity("inSeconds", wakeAt.inSeconds);
  await call(
    db,
    relative
      ? `select absurd.schedule_run($1, $2,
           absurd.current_time() + make_interval(secs => $3::double precision))`
      : "select absurd.schedule_run($1, $2, $3::timestamptz)",
    [
      queue,
      runId,
      relative
        ? wakeAt.inSeconds
        : wakeAt === "infinity"
          ? wakeAt
          : instantParameter("wakeAt", wakeAt),
    ],
    { queue },
  );
}

/**
 * Ends the lease of a running run `seconds` from now. This is not relative to its old end, so the lease can also
 * become shorter.
 *
 * Schemas 0.0.5 to 0.0.8 return silently when there is nothing to extend. There the run is locked and checked
 * first, in a transaction or a savepoint of the caller's, and the same errors are thrown.
 *
 * With `expected`, the lease that an operator saw, the run is locked first, and the call is refused if another
 * worker holds it now, or if the worker renewed it past the new end, so that it would become shorter.
 *
 * @throws InvalidArgumentError unless `seconds` is a whole number above 0.
 * @throws TaskCancelledError, RunFailedError, RunNotFoundError, RunNotRunningError.
 * @throws RunChangedError for a lease that differs from `expected`.
 * @throws EngineRefusalError if the run was claimed without a lease.
 * @throws UnsupportedByEngineError before schema 0.0.5.
 */
export async function extendClaim(
  db: Queryable,
  queue: string,
  runId: Uuid,
  seconds: number,
  expected?: Lease,
): Promise<void> {
  requireInteger("seconds", seconds, 1);
  const extend = (tx: Queryable) =>
    callFeature(
      tx,
      "extend_claim",
      "select absurd.extend_claim($1, $2, $3)",
      [queue, runId, seconds],
      { queue },
    );
  await requireFeature(db, "extend_claim");
  const { features } = await getCapabilities(db);
  if (features.has("lease checks") && expected === undefined) await extend(db);
  else
    await atomically(db, async (tx) => {
      const lease = await requireLease(tx, queue, runId, seconds);
      if (expected) refuseOtherLease(runId, lease, expected, seconds);
      await extend(tx);
    });
}

/** The worker that holds a run, and the end of its lease; `null`: no end. */
export type Lease = { claimedBy: string | null; claimExpiresAt: Date | null };

type LockedLease = { claimed_by: string | null; claim_expires_at: string | null; ends: string };

function refuseOtherLease(runId: Uuid, lease: LockedLease, expected: Lease, seconds: number): void {
  if (lease.claimed_by !== expected.claimedBy)
    throw new RunChangedError(
      runId,
      "running",
      `is leased to ${lease.claimed_by ?? "another worker"} now`,
    );
  const [ends, now] = [decodeDate(lease.ends), decodeDate(lease.claim_expires_at)];
  const wasEarlier = expected.claimExpiresAt !== null && expected.claimExpiresAt <= ends;
  if (wasEarlier && now !== null && now > ends)
    throw new RunChangedError(
      runId,
      "running",
      `was renewed by its worker, so its lease ends later than in ${seconds} s`,
    );
}

/** Locks the run and throws what `extend_claim` raises since schema 0.1.0, in the same order and words. */
async function requireLease(
  tx: Queryable,
  queue: string,
  runId: Uuid,
  seconds: number,
): Promise<LockedLease> {
  const [run] = await call<LockedLease & { state: TaskState; task_state: TaskState | null }>(
    tx,
    `select r.state, r.claimed_by, ${selectInstants("claim_expires_at")},
            extract(epoch from absurd.current_time() + make_interval(secs => $2))::text as ends,
            (select t.state from ${queueTable("t", queue)} t where t.task_id = r.task_id) as task_state
       from ${queueTable("r", queue)} r where r.run_id = $1 for update`,
    [runId, seconds],
    { queue },
  );
  if (!run) throw new RunNotFoundError(`Run "${runId}" not found in queue "${queue}"`);
  if (run.task_state === "cancelled") throw new TaskCancelledError();
  if (run.state === "failed")
    throw new RunFailedError(`Run "${runId}" has already failed in queue "${queue}"`);
  if (run.state !== "running")
    throw new RunNotRunningError(`Run "${runId}" is not currently running in queue "${queue}"`);
  if (run.claim_expires_at === null)
    throw new EngineRefusalError(
      `Run "${runId}" does not have an active claim in queue "${queue}"`,
    );
  return run;
}

/** Returns the id of a run's task, or `null` for an unknown run. @throws QueueNotFoundError. */
export async function getTaskIdForRun(
  db: Queryable,
  queue: string,
  runId: Uuid,
): Promise<Uuid | null> {
  const [row] = await call<{ task_id: Uuid }>(
    db,
    `select task_id from ${queueTable("r", queue)} where run_id = $1`,
    [runId],
    { queue },
  );
  return row?.task_id ?? null;
}

/** Like `getTaskIdForRun`. @throws RunNotFoundError for an unknown run. @throws QueueNotFoundError. */
export async function requireTaskIdForRun(
  db: Queryable,
  queue: string,
  runId: Uuid,
): Promise<Uuid> {
  const taskId = await getTaskIdForRun(db, queue, runId);
  if (taskId === null) throw new RunNotFoundError(`Run "${runId}" not found in queue "${queue}"`);
  return taskId;
}

/** One row of the run table. */
export type RunStatus = {
  runId: Uuid;
  taskId: Uuid;
  attempt: number;
  state: TaskState;
  /** For an ended run, the last worker and the last end of its lease. */
  claimedBy: string | null;
  claimExpiresAt: Date | null;
  /** `"infinity"` for a wait without timeout. Overwritten by every claim. */
  availableAt: Instant;
  /** Only meaningful while the run sleeps; later it may be stale. */
  wakeEvent: string | null;
  /** `undefined` is SQL NULL. */
  eventPayload: Json | undefined;
  /** Time of the last claim, not the first. */
  startedAt: Date | null;
  completedAt: Date | null;
  failedAt: Date | null;
  /** `undefined` is SQL NULL. */
  result: Json | undefined;
  /** `undefined` is SQL NULL. */
  failureReason: Json | undefined;
  createdAt: Date;
  /** Present if the queue's table has such columns. */
  lastHeartbeat?: Date;
  tenantId?: string;
};

/**
 * Returns a run, or `null` if the queue doesn't have it. Takes no locks and works in a read-only transaction.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function getRunStatus(
  db: Queryable,
  queue: string,
  runId: Uuid,
): Promise<RunStatus | null> {
  const [row] = await call<RunRow>(
    db,
    `select run_id, task_id, attempt, state, claimed_by, wake_event,
            ${selectJson("event_payload", "result", "failure_reason")},
            ${selectInstants("claim_expires_at", "available_at", "started_at", "completed_at")},
            ${selectInstants("failed_at", "created_at")},
            extract(epoch from (to_jsonb(r) ->> 'last_heartbeat')::timestamptz)::text
              as last_heartbeat,
            to_jsonb(r) ->> 'tenant_id' as tenant_id
       from ${queueTable("r", queue)} r where run_id = $1`,
    [runId],
    { queue },
  );
  if (!row) return null;
  return {
    runId: row.run_id,
    taskId: row.task_id,
    attempt: row.attempt,
    state: row.state,
    claimedBy: row.claimed_by,
    claimExpiresAt: decodeDate(row.claim_expires_at),
    availableAt: decodeInstant(row.available_at),
    wakeEvent: row.wake_event,
    eventPayload: decodeJson(row.event_payload),
    startedAt: decodeDate(row.started_at),
    completedAt: decodeDate(row.completed_at),
    failedAt: decodeDate(row.failed_at),
    result: decodeJson(row.result),
    failureReason: decodeJson(row.failure_reason),
    createdAt: decodeDate(row.created_at),
    ...(row.last_heartbeat !== null && { lastHeartbeat: decodeDate(row.last_heartbeat) }),
    ...(row.tenant_id !== null && { tenantId: row.tenant_id }),
  };
}

type RunRow = {
  run_id: Uuid;
  task_id: Uuid;
  attempt: number;
  state: TaskState;
  claimed_by: string | null;
  claim_expires_at: string | null;
  available_at: string;
  wake_event: string | null;
  event_payload: string | null;
  started_at: string | null;
  completed_at: string | null;
  failed_at: string | null;
  result: string | null;
  failure_reason: string | null;
  created_at: string;
  last_heartbeat: string | null;
  tenant_id: string | null;
};
