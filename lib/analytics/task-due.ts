import { and, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { EVERYTHING } from "@/lib/model/key-range";
import type { RankCursor, Ranked } from "./rank-cursor";
import { taskConditions } from "./task-conditions";
import type { TaskSearch } from "./task-rows";

/**
 * Active tasks by when their attempt can be picked up, or was, the earliest first: along the index of runs by state, a
 * walk for each state of each queue. The tasks themselves are looked up only where more is asked of them than their state,
 * so the cost follows the active runs, never the tables.
 */
export async function rankByDue(
  db: Database,
  queues: string[],
  search: TaskSearch,
  cursor: RankCursor | null,
): Promise<Ranked[]> {
  const order = sql.raw(search.direction === "older" ? "asc" : "desc");
  const beyond = sql.raw(search.direction === "older" ? ">" : "<");
  const asksMore = asksMoreThanState(search);
  const arms = queues.flatMap((queue) => {
    const tables = queueTables(queue);
    const { runs, tasks } = tables;
    return search.query.state.map((state) => {
      const after =
        cursor &&
        sql`${runs.availableAt} ${beyond}= ${cursor.value}::timestamptz
          and (${runs.availableAt}, ${runs.runId}) ${beyond} (${cursor.value}::timestamptz, ${cursor.id}::uuid)`;
      const conditions = and(
        sql`${tasks.taskId} = ${runs.taskId}`,
        // The run's state is the task's, and the condition on the run is the one with an index.
        taskConditions(tables, withoutState(search)),
      );
      return sql`(
        select ${runs.taskId} as "taskId", ${runs.runId} as "id", ${runs.availableAt} as "at"
        from ${runs}
        where ${and(
          sql`${runs.state} = ${state}`,
          after ?? undefined,
          asksMore ? sql`(select true from ${tasks} where ${conditions} limit 1)` : undefined,
        )}
        order by ${runs.availableAt} ${order}, ${runs.runId} ${order}
        limit ${search.limit + 1}::int
      )`;
    });
  });
  if (arms.length === 0) return [];
  const { rows } = await db.execute<Ranked>(sql`
    select found."taskId", found."id", found."at"::text as "value"
    from (${sql.join(arms, sql` union all `)}) as found
    order by found."at" ${order}, found."id" ${order}
    limit ${search.limit + 1}::int`);
  return rows;
}

const withoutState = (search: TaskSearch): TaskSearch => ({
  ...search,
  query: { ...search.query, state: [] },
});

/** Whether tasks in the right states and queues may yet be none of this search's. Restricted tables keep out the others. */
function asksMoreThanState(search: TaskSearch): boolean {
  const { range, query } = withoutState(search);
  if (range.from !== EVERYTHING.from || range.to !== EVERYTHING.to) return true;
  return Object.entries(query).some(([key, part]) => key !== "queue" && part?.length);
}
