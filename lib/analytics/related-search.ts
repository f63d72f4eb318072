import { and, gte, lt, sql } from "drizzle-orm";
import type { Uuid } from "@/lib/absurd/types";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { NO_QUERY } from "@/lib/search-params/tasks-words";
import { type KeyRange, successor, uuidFloor } from "./keys";
import { isRecent } from "./recent-tasks";
import { awaitCheckpoint } from "./related-links";
import { findExtent } from "./task-extent";
import { type TaskRow, taskColumns } from "./task-rows";
import { readWindows } from "./task-windows";
import type { Iso } from "./types";

/** How long may be looked for headers, in milliseconds. */
const BUDGET = 600;
const MOST_FOUND = 100;
/** Earlier tasks asked in all, whatever the number of queues. */
const PROBES = 4_000;

/** These tasks, whatever their queues; those that are in none are left out. One look-up by key a queue. */
export async function findTasks(
  db: Database,
  queues: readonly string[],
  ids: readonly Uuid[],
): Promise<TaskRow[]> {
  if (ids.length === 0) return [];
  const rows: TaskRow[] = [];
  for (const queue of queues) {
    const tables = queueTables(queue);
    rows.push(
      ...(await db
        .select(taskColumns(queue, tables))
        .from(tables.tasks)
        .where(sql`${tables.tasks.taskId} = any(${sql.param([...new Set(ids)])}::uuid[])`)),
    );
  }
  return rows;
}

export type Linked = { row: TaskRow; by: "parent_task_id" | "spawned_from"; step: string | null };

/**
 * Later tasks whose headers name this one, the earliest first, at most 100. No index serves that: windows of the key are
 * read from the task on until the time is used up, and `rest` says what is left.
 */
export async function searchLinked(
  db: Database,
  queues: string[],
  taskId: Uuid,
  now: Iso,
  options: ReadOptions,
): Promise<{ found: Linked[]; rest: KeyRange | null }> {
  const range = { from: successor(taskId), to: uuidFloor(Date.parse(now) + 1_000) };
  const search = { query: NO_QUERY, ids: null, range, direction: "newer", limit: 500 } as const;
  const extent = await findExtent(db, queues, search);
  const found: Linked[] = [];
  const windows = { ...extent, direction: "newer", budget: BUDGET } as const;
  const rest = await readWindows(db, windows, options, async (window) => {
    for (const queue of queues) {
      const tables = queueTables(queue);
      const { tasks } = tables;
      const rows = await db
        .select({
          ...taskColumns(queue, tables),
          parent: sql<string | null>`left(${tasks.headers} ->> 'parent_task_id', 36)`.as("parent"),
          step: sql<string | null>`left(${tasks.headers} ->> 'forked_from_step', 300)`.as("step"),
        })
        .from(tasks)
        .where(
          and(
            gte(tasks.taskId, window.from),
            lt(tasks.taskId, window.to),
            sql`${taskId} in (${tasks.headers} ->> 'parent_task_id', ${tasks.headers} ->> 'spawned_from')`,
          ),
        )
        .limit(MOST_FOUND);
      for (const { parent, step, ...row } of rows)
        found.push(
          parent === taskId
            ? { row, by: "parent_task_id", step: null }
            : { row, by: "spawned_from", step },
        );
    }
    return found.length >= MOST_FOUND ? "enough" : "more";
  });
  return { found: found.slice(0, MOST_FOUND), rest };
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
  const name = awaitCheckpoint(taskId);
  const ids: Uuid[] = [];
  for (const queue of queues) {
    const { tasks, checkpoints } = queueTables(queue);
    const earlier = db
      .select({ id: tasks.taskId })
      .from(tasks)
      .where(and(lt(tasks.taskId, taskId), isRecent(queue, tasks.taskId)))
      .orderBy(sql`${tasks.taskId} desc`)
      .limit(probed)
      .as("earlier");
    const { rows } = await db.execute<{ id: Uuid }>(sql`
      select earlier.task_id as id from ${earlier}
      where (select true from ${checkpoints}
        where ${checkpoints.taskId} = earlier.task_id and ${checkpoints.name} = ${name} limit 1)`);
    ids.push(...rows.map((row) => row.id));
  }
  return { ids, probed };
}
