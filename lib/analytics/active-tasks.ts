import { sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { ACTIVE_STATES, type TaskState } from "@/lib/absurd/types";
import { queueTables, queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { taskConditions } from "./task-conditions";
import { type TaskRow, type TaskSearch, taskColumns } from "./task-rows";

/** Whether a search asks for active states and no others. */
export function asksForActive({ query: { state: states } }: TaskSearch): boolean {
  const isActive = (state: TaskState) => ACTIVE_STATES.some((active) => active === state);
  return states.length > 0 && states.every(isActive);
}

/** Whether at most this many runs of these queues are in the states asked for; looks at no more than it takes to know. */
export async function areAtMostActive(
  db: Database,
  queues: string[],
  { query: { state: states } }: TaskSearch,
  most: number,
): Promise<boolean> {
  const arms = queues.map((queue) => {
    // Which way is cheaper depends on what the index holds, whoever it belongs to.
    const { runs } = queueTablesOfAllTenants(queue);
    return sql`(select from ${runs} where ${runs.state} = any(${sql.param(states)}::text[])
      limit ${most + 1}::int)`;
  });
  if (arms.length === 0) return true;
  const { rows } = await db.execute<{ runs: number }>(sql`
    select count(*)::int as runs from (
      select from (${sql.join(arms, sql` union all `)}) as found limit ${most + 1}::int
    ) as counted`);
  return (rows[0]?.runs ?? 0) <= most;
}

/**
 * The first `limit + 1` tasks of a search for active states, in the order of its direction, found through the index of
 * runs by state. The ids of all these runs are sorted first, and tasks are looked up one by one until the page is full: the
 * cost follows the runs in these states, never the table.
 */
export async function scanActiveTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
): Promise<TaskRow[]> {
  const { range, limit, query } = search;
  const order = search.direction === "older" ? sql`desc` : sql`asc`;
  const [first, second, ...rest] = queues.map((queue) => {
    const tables = queueTables(queue);
    const { runs, tasks } = tables;
    // A task has one active run. Should one ever have two, it is one task nevertheless.
    const active = db
      .selectDistinct({ id: sql<string>`${runs.taskId}`.as("active_id") })
      .from(runs)
      .where(
        sql`${runs.state} = any(${sql.param(query.state)}::text[])
          and ${runs.taskId} >= ${range.from}::uuid and ${runs.taskId} < ${range.to}::uuid`,
      )
      .orderBy(sql`active_id ${order}`)
      .as("active");
    // The limit keeps it a look-up by key, in the order of the ids: joined as a whole the planner may read all tasks.
    const hits = db
      .select(taskColumns(queue, tables))
      .from(tasks)
      .where(sql`${tasks.taskId} = ${active.id} and ${taskConditions(tables, search)}`)
      .limit(1)
      .as("hits");
    return db
      .select()
      .from(active)
      .crossJoinLateral(hits)
      .orderBy(sql`active_id ${order}`)
      .limit(limit + 1);
  });
  if (!first) return [];
  const found = second
    ? await unionAll(first, second, ...rest)
        .orderBy(sql`active_id ${order}`)
        .limit(limit + 1)
    : await first;
  return found.map((row) => row.hits);
}
