import { parseExactly } from "@/components/ui/json/json-model";
import type { TaskDetail } from "@/lib/model/task";

/** The rows of one table, with the engine's column names. */
export type RawTable = { table: string; rows: Record<string, unknown>[] };

const TASK = {
  taskId: "task_id",
  name: "task_name",
  params: "params",
  headers: "headers",
  retryStrategy: "retry_strategy",
  maxAttempts: "max_attempts",
  cancellation: "cancellation",
  enqueuedAt: "enqueue_at",
  firstStartedAt: "first_started_at",
  state: "state",
  attempts: "attempts",
  lastAttemptRun: "last_attempt_run",
  result: "completed_payload",
  cancelledAt: "cancelled_at",
  idempotencyKey: "idempotency_key",
};
const RUN = {
  runId: "run_id",
  taskId: "task_id",
  attempt: "attempt",
  state: "state",
  claimedBy: "claimed_by",
  claimExpiresAt: "claim_expires_at",
  availableAt: "available_at",
  wakeEvent: "wake_event",
  eventPayload: "event_payload",
  startedAt: "started_at",
  completedAt: "completed_at",
  failedAt: "failed_at",
  result: "result",
  failureReason: "failure_reason",
  createdAt: "created_at",
  lastHeartbeat: "last_heartbeat",
};
const CHECKPOINT = {
  name: "checkpoint_name",
  state: "state",
  status: "status",
  ownerRunId: "owner_run_id",
  updatedAt: "updated_at",
};
const WAIT = {
  taskId: "task_id",
  runId: "run_id",
  stepName: "step_name",
  eventName: "event_name",
  timeoutAt: "timeout_at",
  createdAt: "created_at",
};

/** A task's rows by table, with the engine's column names. Omitted values show their size. */
export function listRawTables({ task, runs, checkpoints, waits }: TaskDetail): RawTable[] {
  const table = (prefix: string, rows: object[], names: Record<string, string>): RawTable => ({
    table: `absurd.${prefix}_${task.queue}`,
    rows: rows.map((row) => rename(row, names)),
  });
  return [
    table("t", [task], TASK),
    table("r", runs, RUN),
    table("c", checkpoints, CHECKPOINT),
    table("w", waits, WAIT),
  ];
}

function rename(row: object, names: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([key, column]) =>
      key in row ? [[column, toRawValue(row[key as keyof typeof row])]] : [],
    ),
  );
}

/** Parses payloads and returns other values unchanged. */
function toRawValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("bytes" in value)) return value;
  if (!("text" in value) || typeof value.text !== "string") return { bytes: value.bytes };
  return parseExactly(value.text)?.value ?? value.text;
}
