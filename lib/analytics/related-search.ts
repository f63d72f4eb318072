import { and, inArray, lt, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { EVERYTHING, successor, uuidFloor } from "@/lib/model/key-range";
import { NO_QUERY } from "@/lib/search-params/tasks-words";
import { searchHeaders } from "./header-search";
import { isRecent } from "./recent-tasks";
import { awaitCheckpoint } from "./related-links";
import { type TaskRow, taskColumns } from "./task-rows";
import { scanTasks } from "./task-scan";

/** How long one question may look for headers, in milliseconds. */
const BUDGET = 250;
const MOST_FOUND = 100;
/** Earlier tasks asked in all, whatever the number of queues. */
const PROBES = 4_000;

/** These tasks, whatever their queues; those that are in none are left out. One look-up by key a queue and task. */
export async function findTasks(
  db: Database,
  queues: readonly string[],
  ids: readonly Uuid[],
): Promise<TaskRow[]> {
  if (ids.length === 0) return [];
  const search = { query: NO_QUERY, ids: [...new Set(ids)], range: EVERYTHING };
  const limit = ids.length * queues.length;
  return scanTasks(db, [...queues], { ...search, direction: "older", limit }, "walk");
}

export type Linked = { row: TaskRow; by: "parent_task_id" | "spawned_from"; step: string | null };

/**
 * Later tasks whose headers name this one, the earliest first, at most 100. No index serves that: windows of the key are
 * read from the task on until the time is used up, and `rest` is the first id that was not looked at. Asked again, the
 * search goes on from there.
 */
export async function searchLinked(
  db: Database,
  queues: string[],
  taskId: Uuid,
  now: Iso,
  options: ReadOptions,
): Promise<{ found: Linked[]; rest: Uuid | null }> {
  const search = {
    key: `linked to ${taskId}`,
    range: { from: successor(taskId), to: uuidFloor(Date.parse(now) + 1_000) },
    most: MOST_FOUND,
    budget: BUDGET,
  };
  const { found, rest } = await searchHeaders(
    db,
    queues,
    {
      ...search,
      matches: (headers) =>
        sql`${taskId} in (${headers} ->> 'parent_task_id', ${headers} ->> 'spawned_from')`,
    },
    options,
  );
  const linked: Linked[] = [];
  for (const queue of new Set(found.map((task) => task.queue))) {
    const tables = queueTables(queue);
    const { tasks } = tables;
    const ids = found.flatMap((task) => (task.queue === queue ? task.taskId : []));
    const rows = await db
      .select({
        ...taskColumns(queue, tables),
        parent: sql<string | null>`left(${tasks.headers} ->> 'parent_task_id', 36)`.as("parent"),
        step: sql<string | null>`left(${tasks.headers} ->> 'forked_from_step', 300)`.as("step"),
      })
      .from(tasks)
      .where(inArray(tasks.taskId, ids));
    for (const { parent, step, ...row } of rows)
      linked.push(
        parent === taskId
          ? { row, by: "parent_task_id", step: null }
          : { row, by: "spawned_from", step },
      );
  }
  return { found: linked.sort((a, b) => (a.row.taskId < b.row.taskId ? -1 : 1)), rest };
}

/**
 * Earlier tasks that waited for this one's result and have it: the newest ones before it in each queue are asked, one
 * look-up by key each. `probed` is how many in a queue.
 */
export async function probeParents(
  db: Database,
  queues: readonly string[],
  taskId: Uuid,
): Promise<{ ids: Uuid[]; probed: number }> {
  const probed = Math.max(40, Math.floor(PROBES / Math.max(queues.length, 1)));
  if (queues.length === 0) return { ids: [], probed };
  const name = awaitCheckpoint(taskId);
  const arms = queues.map((queue) => {
    const { tasks, checkpoints } = queueTables(queue);
    const earlier = db
      .select({ id: tasks.taskId })
      .from(tasks)
      .where(and(lt(tasks.taskId, taskId), isRecent(queue, tasks.taskId)))
      .orderBy(sql`${tasks.taskId} desc`)
      .limit(probed)
      .as("earlier");
    return sql`(select earlier.task_id as id from ${earlier}
      where (select true from ${checkpoints}
        where ${checkpoints.taskId} = earlier.task_id and ${checkpoints.name} = ${name} limit 1))`;
  });
  const { rows } = await db.execute<{ id: Uuid }>(sql.join(arms, sql` union all `));
  return { ids: rows.map((row) => row.id), probed };
}
