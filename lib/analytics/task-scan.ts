import { and, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { taskConditions } from "./task-conditions";
import { type TaskRow, type TaskSearch, taskColumns, taskOrder } from "./task-rows";

/**
 * How hits are looked for:
 * - `walk`: along the primary key, until the page is full. For searches in which nearly every row is a hit.
 * - `active`: through the index of runs by state. Its cost follows the runs in these states, never the table. The
 *   states must be active ones, of which a task has at most one run.
 * - `sweep`: every row of the range in whatever order is cheapest, then sorted. For bounded ranges: walking a large
 *   cold heap backwards by its key costs ten times as much.
 */
export type Strategy = "walk" | "active" | "sweep";

/** The first `limit + 1` tasks of a search over these queues, in the order of its direction; one statement. */
export async function scanTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  strategy: Strategy,
): Promise<TaskRow[]> {
  const [first, second, ...rest] = queues.map((queue) => {
    const tables = queueTables(queue);
    const { runs, tasks } = tables;
    const active = db
      .select({ id: runs.taskId })
      .from(runs)
      .where(sql`${runs.state} = any(${sql.param(search.query.state)}::text[])`);
    const inner = db
      .select(taskColumns(queue, tables))
      .from(tasks)
      .where(
        and(
          taskConditions(tables, search),
          strategy === "active" ? sql`${tasks.taskId} = any(array(${active}))` : undefined,
        ),
      )
      .$dynamic();
    // The fence keeps the order from choosing the plan; without it PostgreSQL flattens the subquery.
    const hits = (strategy === "sweep" ? inner.offset(0) : inner).as("hits");
    return db
      .select()
      .from(hits)
      .orderBy(taskOrder(search))
      .limit(search.limit + 1);
  });
  if (!first) return [];
  if (!second) return first;
  return unionAll(first, second, ...rest)
    .orderBy(taskOrder(search))
    .limit(search.limit + 1);
}
