import { countInState, type Queue } from "@/lib/model/queue";
import { TASK_STATES } from "@/lib/model/states";
import { quoteName } from "./snippet";

/** A column of tasks whose values an index of the user's own can find. */
export type SearchedColumn = "task_name" | "params" | "headers" | "completed_payload";

/** SQL that creates an index on each queue, with the estimated size of all of them and the time to build them. */
export type IndexOffer = { sql: string; bytes: number; milliseconds: number };

/** Measured on 3 million tasks: bytes and milliseconds per task. `docs/operations/indexes.md` has the figures. */
const COSTS = {
  name: { bytes: 51, milliseconds: 0.0017 },
  json: { bytes: 131, milliseconds: 0.0056 },
};

/**
 * The indexes that serve a search for values of this column; `null` if the number of tasks of a queue is unknown, as
 * for a viewer who sees only some tenants.
 */
export function offerIndex(column: SearchedColumn, queues: readonly Queue[]): IndexOffer | null {
  const counts = queues.flatMap((queue) => TASK_STATES.map((state) => countInState(queue, state)));
  if (counts.length === 0 || counts.some(({ precision }) => precision === "capped")) return null;
  const tasks = counts.reduce((sum, { value }) => sum + value, 0);
  const cost = column === "task_name" ? COSTS.name : COSTS.json;
  const keys =
    column === "task_name" ? "(task_name, task_id)" : `using gin (${column} jsonb_path_ops)`;
  const statements = queues.map(({ name, storageMode }) => {
    const table = `absurd.${quoteName(`t_${name}`)}`;
    return storageMode === "partitioned"
      ? `create index on ${table} ${keys}; -- spawns of this queue wait until it is built`
      : `create index concurrently on ${table} ${keys};`;
  });
  return {
    sql: statements.join("\n"),
    bytes: tasks * cost.bytes,
    milliseconds: tasks * cost.milliseconds,
  };
}
