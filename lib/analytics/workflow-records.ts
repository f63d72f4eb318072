import { sql } from "drizzle-orm";
import type { QueueTables } from "@/lib/db/schema";
import type { RecordedValue, TaskRecord } from "@/lib/model/workflow";
import { redact } from "./redact";

/** A longer report of operators is not read. */
const MOST_BYTES = 1_048_576;
/** Words of a failure are cut to this many letters. */
const LONGEST_WORDS = 2_000;

/** What a task says of the workflow by its header and result, as JSON text. */
export function taskReport({ headers, result }: QueueTables["tasks"]) {
  const operators = sql`case when pg_column_size(${result}) <= ${MOST_BYTES}::int
    and jsonb_typeof(${result} -> 'operators') = 'object' then ${result} -> 'operators' end`;
  return sql<string>`jsonb_build_object(
    'path', left(${headers} ->> 'highway_path', ${LONGEST_WORDS}::int), 'ends', ${operators})::text`;
}

/** What the value of a checkpoint states, as JSON text; `null` when it is nothing of interest. */
export function recordedValue({ name, state }: QueueTables["checkpoints"]) {
  const text = (key: string, most: number) => sql`left(${state} ->> ${key}::text, ${most}::int)`;
  return sql<string | null>`case jsonb_typeof(${state})
    when 'array' then jsonb_build_object('length', jsonb_array_length(${state}))::text
    when 'object' then nullif(jsonb_strip_nulls(jsonb_build_object(
      'status', ${text("status", 40)},
      'tasks', case when ${name} like '%/tasks' then (select count(*) from jsonb_object_keys(${state})) end,
      'failure', case when jsonb_typeof(${state} -> 'message') = 'string' and jsonb_typeof(${state} -> 'type') = 'string'
        then jsonb_build_object('type', ${text("type", 200)}, 'message', ${text("message", LONGEST_WORDS)}) end
    )), '{}')::text
    end`;
}

/** Puts together what `taskReport` and `recordedValue` gave. */
export function toTaskRecord(
  report: string,
  checkpoints: readonly { name: string; recorded: string | null }[],
): TaskRecord {
  const values = checkpoints.flatMap(({ name, recorded }): [string, RecordedValue][] =>
    recorded === null ? [] : [[name, masked(JSON.parse(recorded))]],
  );
  const { path, ends }: Pick<TaskRecord, "path" | "ends"> = JSON.parse(report);
  return { path, ends, values: Object.fromEntries(values) };
}

/** What the configuration hides in a checkpoint is masked here as well. */
function masked({ failure, ...value }: RecordedValue): RecordedValue {
  if (!failure) return value;
  return { ...value, failure: JSON.parse(redact("step", JSON.stringify(failure)).text) };
}
