import type { Json } from "@/lib/model/json";

/**
 * Instants are milliseconds since 1970; `Infinity` is the engine's `infinity`. JSON columns distinguish SQL NULL from
 * JSON null.
 */
export type JsonColumn = { json: Json } | null;

export type TaskRow = {
  task_id: string;
  task_name: string;
  params: JsonColumn;
  headers: JsonColumn;
  retry_strategy: JsonColumn;
  max_attempts: number | null;
  cancellation: JsonColumn;
  enqueue_at: number;
  first_started_at: number | null;
  state: string;
  attempts: number;
  last_attempt_run: string;
  completed_payload: JsonColumn;
  cancelled_at: number | null;
  idempotency_key: string | null;
};

export type RunRow = {
  run_id: string;
  task_id: string;
  attempt: number;
  state: string;
  claimed_by: string | null;
  claim_expires_at: number | null;
  available_at: number;
  wake_event: string | null;
  event_payload: JsonColumn;
  started_at: number | null;
  completed_at: number | null;
  failed_at: number | null;
  result: JsonColumn;
  failure_reason: JsonColumn;
  created_at: number;
};

export type CheckpointRow = {
  task_id: string;
  checkpoint_name: string;
  state: JsonColumn;
  owner_run_id: string;
  updated_at: number;
};

export type EventRow = { event_name: string; payload: JsonColumn; emitted_at: number };

export type WaitRow = {
  task_id: string;
  run_id: string;
  step_name: string;
  event_name: string;
  timeout_at: number | null;
  created_at: number;
};
