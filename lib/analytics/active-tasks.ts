import { type SQL, sql } from "drizzle-orm";
import { queueTables, queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { beyond } from "@/lib/model/key-range";
import { isActive, type TaskState } from "@/lib/model/states";
import type { TaskRow, TaskSearch } from "./task-rows";
import { scanTasks } from "./task-scan";

/** Whether a search asks for active states and no others. */
export function asksForActive({ query: { state: states } }: TaskSearch): boolean {
  return states.length > 0 && states.every((state) => isActive(state));
}

/** Whether at most this many runs of these queues are in these states, as SQL; looks at no more than it takes to know. */
export function isAtMostActive(queues: string[], states: TaskState[], most: number): SQL<boolean> {
  const arms = queues.map((queue) => {
    // Which way is cheaper depends on what the index holds, whoever it belongs to.
    const { runs } = queueTablesOfAllTenants(queue);
    return sql`(select from ${runs} where ${runs.state} = any(${sql.param(states)}::text[])
      limit ${most + 1}::int)`;
  });
  return sql`(
    select count(*) <= ${most}::int
    from (select from (${sql.join(arms, sql` union all `)}) as found limit ${most + 1}::int) as counted
  )`;
}

/**
 * The first `limit + 1` tasks of a search for active states, in the order of its direction, found through the index of
 * runs by state. Every run in these states is looked at once, and a task only when its turn comes: the cost follows the
 * runs in these states, never the table. Where other filters leave few of them, more are taken and looked up.
 */
export async function scanActiveTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  let { range } = search;
  for (let most = search.limit + 1; ; most *= 8) {
    const active = await listActive(db, queues, { ...search, range }, most);
    const last = active.at(-1)?.id;
    if (last === undefined) return rows;
    const wanted = { ...search, range, limit: search.limit - rows.length };
    const own = (queue: string) => ({
      ...wanted,
      ids: active.flatMap((run) => (run.queue === queue ? run.id : [])),
    });
    const holding = queues.filter((queue) => active.some((run) => run.queue === queue));
    rows.push(...(await scanTasks(db, holding, wanted, "walk", own)));
    if (rows.length > search.limit || active.length < most) return rows;
    range = beyond(range, search.direction, last);
  }
}

/** The tasks of the first runs in the states and the range of a search, by id. */
async function listActive(
  db: Database,
  queues: string[],
  { range, direction, query }: TaskSearch,
  most: number,
): Promise<{ queue: string; id: Uuid }[]> {
  if (queues.length === 0) return [];
  const order = direction === "older" ? sql`desc` : sql`asc`;
  const arms = queues.map((queue) => {
    const { runs } = queueTables(queue);
    // The index of runs by state it has to be: `is true` and `offset` keep out the one by task, which would have to be
    // read from end to end, be it for the range or for the order.
    return sql`(
      select ${queue}::text as queue, id from (
        select ${runs.taskId} as id from ${runs}
        where ${runs.state} = any(${sql.param(query.state)}::text[])
          and (${runs.taskId} >= ${range.from}::uuid) is true
          and (${runs.taskId} < ${range.to}::uuid) is true
        offset 0
      ) as of_states
      order by id ${order} limit ${most}::int
    )`;
  });
  const { rows } = await db.execute<{ queue: string; id: Uuid }>(sql`
    select * from (${sql.join(arms, sql` union all `)}) as active
    order by id ${order} limit ${most}::int`);
  return rows;
}
