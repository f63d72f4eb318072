import "server-only";
import { and, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { type KeyRange, uuidInstant } from "@/lib/model/key-range";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { readQueues } from "./registry";
import { taskConditions } from "./task-conditions";
import { findExtent } from "./task-extent";
import type { TaskSearch } from "./task-rows";
import { toSearch } from "./task-scope";
import { readWindows } from "./task-windows";

/** How long one snapshot is kept, in milliseconds: a long one would hold back the database's cleaning up. */
const BUDGET = 700;

/** How many tasks match so far. `searchedTo` is `null` when all of them are counted. */
export type CountStep = {
  count: number;
  searchedTo: Iso | null;
  now: Iso;
  /** Queues that cannot be read and are not counted. */
  unreadable: string[];
};

/**
 * Counts the tasks that match, newest first, and tells the count at least once a second until it is complete. Each part
 * is exact at the time it was read; the cursor of the filters plays no part.
 *
 * @throws ReadError what `readQueues` throws.
 */
export async function* countTasks(
  filters: Omit<TaskFilters, "sort">,
  options: ReadOptions = {},
): AsyncGenerator<CountStep> {
  let count = 0;
  let search: TaskSearch | undefined;
  for (;;) {
    const part = await readQueues(filters.queue, options, async ({ db, now, ...scope }) => {
      const whole =
        search ??
        (await toSearch(db, scope.queues, { ...filters, sort: "newest", cursor: null }, now));
      search = whole;
      const names = scope.queues.map((queue) => queue.name);
      let found = 0;
      const extent = await findExtent(db, names, { ...whole, limit: 500 });
      const windows = { ...extent, direction: search.direction, budget: BUDGET };
      const rest = await readWindows(db, windows, options, async (range) => {
        found += await countRange(db, names, { ...whole, range });
        return "more";
      });
      return { found, rest, now, unreadable: scope.unreadable.map((queue) => queue.name) };
    });
    count += part.found;
    const { now, unreadable } = part;
    yield { count, searchedTo: part.rest && uuidInstant(part.rest.to), now, unreadable };
    if (!part.rest) return;
    search = withRange(search, part.rest);
  }
}

function withRange(search: TaskSearch | undefined, range: KeyRange): TaskSearch {
  if (!search) throw new Error("A count goes on only after it began");
  return { ...search, range };
}

async function countRange(db: Database, queues: string[], search: TaskSearch): Promise<number> {
  if (queues.length === 0) return 0;
  const arms = queues.map((queue) => {
    const tables = queueTables(queue);
    return sql`(select count(*) from ${tables.tasks} where ${and(taskConditions(tables, search))})`;
  });
  const { rows } = await db.execute<{ tasks: number }>(
    sql`select (${sql.join(arms, sql` + `)})::float8 as tasks`,
  );
  return rows[0]?.tasks ?? 0;
}
