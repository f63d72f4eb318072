import { sql } from "drizzle-orm";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { beyond, type KeyRange } from "@/lib/model/key-range";
import { asksForActive, isAtMostActive } from "./active-tasks";
import { inKeyRange } from "./key-pages";
import type { TaskSearch } from "./task-rows";

/** What lies at the beginning of a search. */
export type Beginning = {
  /** The part of the range that comes first, and holds so many tasks at most. */
  near: KeyRange;
  /** The part behind it, or `null` when there is none. */
  rest: KeyRange | null;
  /** Whether few runs are in the active states asked for. */
  isFew: boolean;
};

/**
 * Cuts off the first `tasks` tasks of a search's range, those of all queues together, whatever else is asked of them; and
 * says of a search for active states whether at most `runs` runs are in them. The primary keys of all queues are walked
 * together, which reads keys only.
 */
export async function findBeginning(
  db: Database,
  queues: string[],
  search: TaskSearch,
  most: { tasks: number; runs: number },
): Promise<Beginning> {
  const { range, direction } = search;
  const order = direction === "older" ? sql`desc` : sql`asc`;
  const arms = queues.map((queue) => {
    // Only where to stop: a restricted dashboard may have no task within reach of a key.
    const { tasks } = queueTablesOfAllTenants(queue);
    return sql`(
      select ${tasks.taskId} as id from ${tasks}
      where ${inKeyRange(tasks.taskId, { range })}
      order by ${tasks.taskId} ${order} limit ${most.tasks}::int
    )`;
  });
  if (arms.length === 0) return { near: range, rest: null, isFew: false };
  const isFew = asksForActive(search)
    ? isAtMostActive(queues, search.query.state, most.runs)
    : sql`false`;
  const { rows } = await db.execute<{ last: string | null; isFew: boolean }>(sql`
    select ${isFew} as "isFew", (
      select id from (${sql.join(arms, sql` union all `)}) as keys
      order by id ${order} offset ${most.tasks - 1}::int limit 1
    ) as "last"`);
  const { last = null, isFew: few = false } = rows[0] ?? {};
  const rest = last === null ? null : beyond(range, direction, last);
  if (rest === null) return { near: range, rest, isFew: few };
  const near = direction === "older" ? { ...range, from: rest.to } : { ...range, to: rest.from };
  return { near, rest, isFew: few };
}
