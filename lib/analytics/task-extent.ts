import { and, gte, lt, sql } from "drizzle-orm";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { intersect, type KeyRange, successor, uuidMilliseconds } from "@/lib/model/key-range";
import type { TaskSearch } from "./task-rows";

/** A first window holds about so many pages of tasks of all queues together: what is not rare fills a page at once. */
export const PAGES = 20;

/**
 * The part of a search's range in which there are tasks at all, and how wide a first window should be, in
 * milliseconds. A few probes of each primary key.
 */
export async function findExtent(
  db: Database,
  queues: string[],
  search: TaskSearch,
): Promise<{ range: KeyRange; width: number }> {
  const nothing = { range: { from: search.range.from, to: search.range.from }, width: 1 };
  if (queues.length === 0) return nothing;
  const arms = queues.map((queue) => {
    // Only where to look and in what steps: a restricted dashboard may have no task within reach of a key.
    const { tasks } = queueTablesOfAllTenants(queue);
    const inRange = and(gte(tasks.taskId, search.range.from), lt(tasks.taskId, search.range.to));
    const key = (order: "asc" | "desc", offset = 0) => sql`(
      select ${tasks.taskId} from ${tasks} where ${inRange}
      order by ${tasks.taskId} ${sql.raw(order)} offset ${offset}::int limit 1
    )`;
    const away = search.direction === "older" ? "desc" : "asc";
    return sql`select ${key("asc")} as oldest, ${key("desc")} as newest,
      ${key(away, search.limit)} as further`;
  });
  const { rows } = await db.execute<Record<"oldest" | "newest" | "further", string | null>>(
    sql.join(arms, sql` union all `),
  );
  const oldest = rows.flatMap((row) => row.oldest ?? []).sort()[0];
  const newest = rows
    .flatMap((row) => row.newest ?? [])
    .sort()
    .at(-1);
  if (!oldest || !newest) return nothing;
  const range = intersect(search.range, { from: oldest, to: successor(newest) });
  const edge = uuidMilliseconds(search.direction === "older" ? range.to : range.from);
  /** In milliseconds, for a page of each queue that has one. */
  const pages = rows.flatMap(({ further }) =>
    further === null ? [] : Math.max(1, Math.abs(edge - uuidMilliseconds(further))),
  );
  const perMillisecond = pages.reduce((sum, page) => sum + 1 / page, 0);
  const everything = uuidMilliseconds(range.to) - uuidMilliseconds(range.from);
  return { range, width: (perMillisecond > 0 ? PAGES / perMillisecond : everything) + 1 };
}
