import { parseJson } from "../../absurd/connection/json.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { call, queueTable } from "../../absurd/connection/sql.ts";
import type { Uuid } from "../../model/ids.ts";
import type { TaskState } from "../../model/states.ts";
import type { Entry, Records } from "../machine/record-index.ts";

/** In bytes as stored. Longer values are left out: the values that decide how an operator ended are short. */
const MOST_BYTES = 8_192;

type Row = {
  name: string;
  at: string;
  text: string | null;
  length: number | null;
  status: string | null;
};
type TaskRow = { state: TaskState; path: string | null };

/** Everything that the tasks of a run have recorded; without an id, for all runs of the queue. */
export async function getRunRecords(
  db: Queryable,
  queue: string,
  workflowRunId: Uuid | null,
): Promise<Records> {
  const ofRun = "($1::text is null or headers ->> 'workflow_run_id' = $1)";
  const tasks = await call<TaskRow>(
    db,
    `select state, headers ->> 'highway_path' as path from ${queueTable("t", queue)}
      where ${ofRun} order by task_id`,
    [workflowRunId],
  );
  const rows = await call<Row>(
    db,
    // A part's own value has the name of its end, which the waiting task records.
    `select checkpoint_name as name, extract(epoch from updated_at)::text as at,
            case when pg_column_size(c.state) <= $2::int then c.state::text end as text,
            case when jsonb_typeof(c.state) = 'array' then jsonb_array_length(c.state) end as length,
            case when jsonb_typeof(c.state -> 'status') = 'string' then c.state ->> 'status' end as status
       from ${queueTable("c", queue)} c join ${queueTable("t", queue)} t using (task_id)
      where checkpoint_name is distinct from t.headers ->> 'highway_path' and ${ofRun}
      order by task_id, updated_at`,
    [workflowRunId, MOST_BYTES],
  );
  const [clock] = await call<{ now: string }>(
    db,
    "select extract(epoch from absurd.current_time())::text as now",
  );
  const entries = new Map<string, Entry>();
  for (const row of rows) if (!entries.has(row.name)) entries.set(row.name, toEntry(row));
  const parts = tasks.flatMap(({ path, state }): [string, TaskState][] =>
    path === null ? [] : [[path, state]],
  );
  return {
    entries,
    parts: new Map(parts),
    root: tasks.find(({ path }) => path === null)?.state ?? null,
    now: Number(clock?.now) * 1000,
    isComplete: true,
  };
}

function toEntry({ at, text, length, status }: Row): Entry {
  return {
    at: Number(at) * 1000,
    ...(text !== null && { value: parseJson(text) }),
    ...(length !== null && { length }),
    ...(status !== null && { status }),
  };
}
