import type { Uuid } from "../model/ids.ts";
import type { Instant } from "../model/instants.ts";
import type { Json } from "../model/json.ts";
import type { TaskState } from "../model/states.ts";
import { readDate, readInstant, readJson, selectInstants, selectJson } from "./columns.ts";
import { call, queueTable } from "./sql.ts";
import type { Queryable } from "./types.ts";

/** One row of the run table. */
export type RunStatus = {
  runId: Uuid;
  taskId: Uuid;
  attempt: number;
  state: TaskState;
  /** Of ended runs: the last worker and the last end of its lease. */
  claimedBy: string | null;
  claimExpiresAt: Date | null;
  /** `"infinity"` for a wait without timeout. Overwritten by every claim. */
  availableAt: Instant;
  /** Means something while the run sleeps; later it may be left over. */
  wakeEvent: string | null;
  /** `undefined` is SQL NULL. */
  eventPayload: Json | undefined;
  /** The last claim, not the first. */
  startedAt: Date | null;
  completedAt: Date | null;
  failedAt: Date | null;
  /** `undefined` is SQL NULL. */
  result: Json | undefined;
  /** `undefined` is SQL NULL. */
  failureReason: Json | undefined;
  createdAt: Date;
  /** Where the queue's table has such columns. */
  lastHeartbeat?: Date;
  tenantId?: string;
};

/**
 * A run as it is now, or `null` when the queue does not have it. It takes no lock, needs no more than the right to
 * read, and works in a read-only transaction.
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
    claimExpiresAt: readDate(row.claim_expires_at),
    availableAt: readInstant(row.available_at),
    wakeEvent: row.wake_event,
    eventPayload: readJson(row.event_payload),
    startedAt: readDate(row.started_at),
    completedAt: readDate(row.completed_at),
    failedAt: readDate(row.failed_at),
    result: readJson(row.result),
    failureReason: readJson(row.failure_reason),
    createdAt: readDate(row.created_at),
    ...(row.last_heartbeat !== null && { lastHeartbeat: readDate(row.last_heartbeat) }),
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
