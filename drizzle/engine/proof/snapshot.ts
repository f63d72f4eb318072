import type { Client, QueryResult } from "pg";
import { canonical } from "./model/canonical";
import type { Snapshot } from "./model/rows";
import type { Row } from "./session";

const TABLES = {
  tasks: {
    prefix: "t",
    key: "task_id",
    times: ["enqueue_at", "first_started_at", "cancelled_at"],
    json: ["params", "headers", "retry_strategy", "cancellation", "completed_payload"],
    plain: "task_id, task_name, max_attempts, state, attempts, last_attempt_run, idempotency_key",
  },
  runs: {
    prefix: "r",
    key: "run_id",
    times: [
      "claim_expires_at",
      "available_at",
      "started_at",
      "completed_at",
      "failed_at",
      "created_at",
    ],
    json: ["event_payload", "result", "failure_reason"],
    plain: "run_id, task_id, attempt, state, claimed_by, wake_event",
  },
  checkpoints: {
    prefix: "c",
    key: 'task_id, checkpoint_name collate "C"',
    times: ["updated_at"],
    json: ["state"],
    plain: "task_id, checkpoint_name, status, owner_run_id",
  },
  events: {
    prefix: "e",
    key: 'event_name collate "C"',
    times: ["emitted_at"],
    json: ["payload"],
    plain: "event_name",
  },
  waits: {
    prefix: "w",
    key: 'run_id, step_name collate "C"',
    times: ["timeout_at", "created_at"],
    json: [],
    plain: "task_id, run_id, step_name, event_name",
  },
};
const NAMES = Object.keys(TABLES) as (keyof typeof TABLES)[];

/** Selects all rows of a queue whose name needs no quoting, in one round trip. */
export async function getSnapshot(
  client: Client,
  queue: string,
  partitioned: boolean,
): Promise<Snapshot> {
  const selects = NAMES.map((name) => {
    const { prefix, key, times, json, plain } = TABLES[name];
    const columns = [
      plain,
      ...times.map((column) => `extract(epoch from ${column})::float8 as ${column}`),
      ...json.map((column) => `${column}::text as ${column}`),
    ];
    return `select ${columns.join(", ")} from absurd.${prefix}_${queue} order by ${key}`;
  });
  if (partitioned) selects.push(`select * from absurd.i_${queue} order by idempotency_key`);
  // The driver returns one result per statement, which its types don't express.
  const results = (await client.query(selects.join(";"))) as unknown as QueryResult<Row>[];
  const rows = Object.fromEntries(
    NAMES.map((name, index) => [name, (results[index]?.rows ?? []).map(canonicalise(name))]),
  );
  return { ...rows, keys: results[NAMES.length]?.rows ?? [] } as Snapshot;
}

const canonicalise = (name: keyof typeof TABLES) => (row: Row) => {
  const json = TABLES[name].json.map((column) => [column, canonical(row[column] as string | null)]);
  return { ...row, ...Object.fromEntries(json) };
};
