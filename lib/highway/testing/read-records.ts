import { parseJson } from "../../absurd/connection/json.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { call, queueTable } from "../../absurd/connection/sql.ts";
import type { Json } from "../../model/json.ts";
import type { TaskState } from "../../model/states.ts";
import type { Entry, Records } from "../machine/record-index.ts";

type Row = { name: string; at: string; text: string };
type TaskRow = { state: TaskState; path: string | null };

/** Everything that the tasks of a queue with one run recorded, as of now. */
export async function readRecords(db: Queryable, queue: string): Promise<Records> {
  const tasks = await call<TaskRow>(
    db,
    `select state, headers ->> 'highway_path' as path from ${queueTable("t", queue)} order by task_id`,
  );
  const rows = await call<Row>(
    db,
    // A part's own value has the name of its end, which the task that waits for it records.
    `select checkpoint_name as name, extract(epoch from updated_at)::text as at, c.state::text as text
      from ${queueTable("c", queue)} c join ${queueTable("t", queue)} t using (task_id)
     where checkpoint_name is distinct from t.headers ->> 'highway_path'
     order by task_id, updated_at`,
  );
  const [clock] = await call<{ now: string }>(
    db,
    "select extract(epoch from absurd.current_time())::text as now",
  );
  const entries = new Map<string, Entry>();
  for (const { name, at, text } of rows)
    if (!entries.has(name)) entries.set(name, toEntry(Number(at) * 1000, parseJson(text)));
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

function toEntry(at: number, value: Json): Entry {
  if (Array.isArray(value)) return { at, value, length: value.length };
  const status = typeof value === "object" && value !== null ? value.status : undefined;
  return { at, value, ...(typeof status === "string" && { status }) };
}
