/** The rows of a queue's tables, column for column. Times are seconds since the epoch, JSON is canonical text. */

export type State = "pending" | "running" | "sleeping" | "completed" | "failed" | "cancelled";

export type TaskRow = {
  task_id: string;
  task_name: string;
  params: string;
  headers: string | null;
  retry_strategy: string | null;
  max_attempts: number | null;
  cancellation: string | null;
  enqueue_at: number;
  first_started_at: number | null;
  state: State;
  attempts: number;
  last_attempt_run: string | null;
  completed_payload: string | null;
  cancelled_at: number | null;
  idempotency_key: string | null;
};

export type RunRow = {
  run_id: string;
  task_id: string;
  attempt: number;
  state: State;
  claimed_by: string | null;
  claim_expires_at: number | null;
  available_at: number;
  wake_event: string | null;
  event_payload: string | null;
  started_at: number | null;
  completed_at: number | null;
  failed_at: number | null;
  result: string | null;
  failure_reason: string | null;
  created_at: number;
};

export type CheckpointRow = {
  task_id: string;
  checkpoint_name: string;
  state: string | null;
  status: string;
  owner_run_id: string | null;
  updated_at: number;
};

export type EventRow = { event_name: string; payload: string | null; emitted_at: number };

export type WaitRow = {
  task_id: string;
  run_id: string;
  step_name: string;
  event_name: string;
  timeout_at: number | null;
  created_at: number;
};

/** All rows of one queue, each list in the order of its key. */
export type Snapshot = {
  tasks: TaskRow[];
  runs: RunRow[];
  checkpoints: CheckpointRow[];
  events: EventRow[];
  waits: WaitRow[];
  /** Registry of idempotency keys; only partitioned queues have it. */
  keys: { idempotency_key: string; task_id: string }[];
};

export const isActive = (row: { state: State }) =>
  row.state === "pending" || row.state === "running" || row.state === "sleeping";
