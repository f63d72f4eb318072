import { unionAll } from "drizzle-orm/pg-core";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { taskConditions } from "./task-conditions";
import { type TaskRow, type TaskSearch, taskColumns, taskOrder } from "./task-rows";

/**
 * How hits are looked for:
 * - `walk`: along the primary key, until the page is full. For searches in which nearly every row is a hit.
 * - `sweep`: every row of the range in whatever order is cheapest, then sorted. For bounded ranges: walking a large
 *   cold heap backwards by its key costs ten times as much.
 */
export type Strategy = "walk" | "sweep";

const FENCE = 2 ** 31 - 1;

/**
 * The first `limit + 1` tasks of a search over these queues, in the order of its direction; one statement. `own` says
 * what is asked of one queue, where that is not the same of all.
 */
export async function scanTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  strategy: Strategy,
  own: (queue: string) => TaskSearch = () => search,
): Promise<TaskRow[]> {
  const order = taskOrder(search);
  const [first, second, ...rest] = queues.map((queue) => {
    const tables = queueTables(queue);
    const hits = db
      .select(taskColumns(queue, tables))
      .from(tables.tasks)
      .where(taskConditions(tables, own(queue)))
      .$dynamic();
    // The limit, which nothing reaches, keeps the order from choosing the plan: PostgreSQL flattens a subquery without.
    return strategy === "sweep" ? hits.limit(FENCE) : hits.orderBy(order).limit(search.limit + 1);
  });
  if (!first) return [];
  const hits = second ? unionAll(first, second, ...rest) : db.select().from(first.as("hits"));
  return hits.orderBy(order).limit(search.limit + 1);
}
