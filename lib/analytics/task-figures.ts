import { and, gte, lt, sql } from "drizzle-orm";
import { queueTables, queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { type KeyRange, uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import type { RankCursor, Ranked } from "./rank-cursor";
import { taskConditions } from "./task-conditions";
import type { TaskSearch } from "./task-rows";

/** Tasks that a ranking looks at, of all queues together. */
const LOOKED_AT = 40_000;

/**
 * Where a ranking of a range begins: so far back that no more tasks are looked at than that. The primary keys of all
 * queues are walked together, from the newest task down.
 */
export async function findRankedFrom(
  db: Database,
  queues: string[],
  range: KeyRange,
): Promise<Uuid> {
  if (queues.length === 0) return range.from;
  const arms = queues.map((queue) => {
    const { tasks } = queueTablesOfAllTenants(queue);
    return sql`(
      select ${tasks.taskId} as id from ${tasks}
      where ${and(gte(tasks.taskId, range.from), lt(tasks.taskId, range.to))}
      order by ${tasks.taskId} desc limit ${LOOKED_AT + 1}::int
    )`;
  });
  const { rows } = await db.execute<{ id: Uuid }>(sql`
    select id from (${sql.join(arms, sql` union all `)}) as newest
    order by id desc offset ${LOOKED_AT}::int limit 1`);
  const id = rows[0]?.id;
  // It goes into cursors, which may not tell the id of another tenant's task.
  return id === undefined ? range.from : uuidFloor(uuidMilliseconds(id));
}

/**
 * The tasks of a range by their number of attempts, or, given an instant, by how long they took or have taken until then,
 * the most first; what is equal by id, the newest first. Looks at every task of the range.
 */
export async function rankByFigure(
  db: Database,
  queues: string[],
  search: TaskSearch,
  cursor: RankCursor | null,
  durationAt: Iso | null,
): Promise<Ranked[]> {
  const order = sql.raw(search.direction === "older" ? "desc" : "asc");
  const beyond = sql.raw(search.direction === "older" ? "<" : ">");
  const arms = queues.map((queue) => {
    const tables = queueTables(queue);
    const { tasks } = tables;
    const value =
      durationAt === null ? sql`${tasks.attempts}::bigint` : duration(queue, durationAt);
    return sql`select ${tasks.taskId} as id, ${value} as value
      from ${tasks} where ${taskConditions(tables, search)}`;
  });
  if (arms.length === 0) return [];
  const { rows } = await db.execute<Ranked>(sql`
    select found.id as "taskId", found.id, found.value::text
    from (${sql.join(arms, sql` union all `)}) as found
    ${cursor ? sql`where (found.value, found.id) ${beyond} (${cursor.value}::bigint, ${cursor.id}::uuid)` : sql``}
    order by found.value ${order}, found.id ${order}
    limit ${search.limit + 1}::int`);
  return rows;
}

/** From the first start to the end, or to an instant, in microseconds; -1 for what never started. */
function duration(queue: string, at: Iso) {
  const { tasks, runs } = queueTables(queue);
  // A scalar subquery is a probe for each task; a join might read the whole table of runs.
  const ended = sql`(
    select coalesce(${runs.completedAt}, ${runs.failedAt}) from ${runs}
    where ${runs.runId} = ${tasks.lastAttemptRun} limit 1
  )`;
  return sql`coalesce((extract(epoch from case ${tasks.state}
      when 'completed' then ${ended}
      when 'failed' then ${ended}
      when 'cancelled' then ${tasks.cancelledAt}
      else greatest(${at}::timestamptz, ${tasks.firstStartedAt})
    end - ${tasks.firstStartedAt}) * 1000000)::bigint, -1)`;
}
