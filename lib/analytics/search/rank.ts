import { and, gte, lt, sql } from "drizzle-orm";
import { text, uuid } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { queueTables, queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { type Iso, toMs } from "@/lib/model/instants";
import {
  EVERYTHING,
  intersect,
  type KeyRange,
  uuidFloor,
  uuidInstant,
  uuidMilliseconds,
} from "@/lib/model/key-range";
import { formatCursor, opposite } from "@/lib/model/page";
import { mapInTurns } from "@/lib/model/work/turns";
import { NO_QUERY } from "@/lib/search-params/tasks/query";
import type { TaskPage } from "./key-page";
import type { TaskRow } from "./rows";
import { scanTasks, taskConditions } from "./scan";
import type { TaskPageSearch, TaskSearch } from "./task-search";

/** The maximum number of tasks in a ranking, of all queues together. */
const MOST_RANKED = 40_000;

/** The position of a task in a ranking: `value` is the sort key, and `id` breaks ties. */
type Ranked = { taskId: Uuid; value: string; id: Uuid };

/** A page that isn't sorted by id: its tasks are ranked first, and then read by primary key. */
export async function pageByRank(db: Database, search: TaskPageSearch): Promise<TaskPage> {
  const { found, from } =
    search.sort === "due"
      ? { found: await rankByDue(db, search), from: search.range.from }
      : await rankByFigure(db, search);
  return {
    ...cursorsAround(found, search, from),
    rows: await listInOrder(db, found.slice(0, search.limit), search),
    ...(from > search.range.from ? { rankedFrom: uuidInstant(from) } : {}),
  };
}

async function listInOrder(db: Database, ranked: Ranked[], search: TaskSearch): Promise<TaskRow[]> {
  const ids = ranked.map((one) => one.taskId);
  const byId = { ...search, query: NO_QUERY, ids, range: EVERYTHING, limit: ids.length };
  const rows = new Map((await scanTasks(db, byId, "walk")).map((row) => [row.taskId, row]));
  const inOrder = search.direction === "older" ? ids : ids.reverse();
  return inOrder.flatMap((id) => rows.get(id) ?? []);
}

/** All pages of a ranking cover the window of the first one, so `at` and `from` are part of each cursor. */
function cursorsAround(
  found: Ranked[],
  { limit, direction, place, at }: TaskPageSearch,
  from: Uuid,
): Pick<TaskPage, "older" | "newer"> {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const edge = page[0] ?? place;
  const ahead =
    found.length > limit && last ? formatCursor(direction, last.value, last.id, at, from) : null;
  const behind =
    place && edge ? formatCursor(opposite(direction), edge.value, edge.id, at, from) : null;
  return direction === "older" ? { older: ahead, newer: behind } : { older: behind, newer: ahead };
}

/**
 * Active tasks by when their attempt is or was due, earliest first: a walk along the index of runs by state, for
 * each state of each queue. Tasks are looked up only for further conditions, so the cost depends on the active
 * runs, never on the tables.
 */
async function rankByDue(db: Database, search: TaskPageSearch): Promise<Ranked[]> {
  const { place } = search;
  const order = sql.raw(search.direction === "older" ? "asc" : "desc");
  const beyond = sql.raw(search.direction === "older" ? ">" : "<");
  // The run's state equals the task's, and the condition on the run has an index.
  const further = { ...search, query: { ...search.query, state: [] } };
  const isNarrowed = hasConditions(further);
  const ofQueues = await mapInTurns(search.queues, (queue) => {
    const tables = queueTables(queue);
    const { runs, tasks } = tables;
    return search.query.state.map((state) => {
      const after =
        place &&
        sql`${runs.availableAt} ${beyond}= ${place.value}::timestamptz
          and (${runs.availableAt}, ${runs.runId}) ${beyond} (${place.value}::timestamptz, ${place.id}::uuid)`;
      const conditions = and(
        sql`${tasks.taskId} = ${runs.taskId}`,
        taskConditions(tables, further),
      );
      return sql`(
        select ${runs.taskId} as "taskId", ${runs.runId} as "id", ${runs.availableAt} as "at"
        from ${runs}
        where ${and(
          sql`${runs.state} = ${state}`,
          after ?? undefined,
          isNarrowed ? sql`(select true from ${tasks} where ${conditions} limit 1)` : undefined,
        )}
        order by ${runs.availableAt} ${order}, ${runs.runId} ${order}
        limit ${search.limit + 1}::int
      )`;
    });
  });
  const arms = ofQueues.flat();
  if (arms.length === 0) return [];
  return query(
    db,
    { taskId: uuid, id: uuid, value: text },
    sql`
    select found."taskId", found."id", found."at"::text as "value"
    from (${sql.join(arms, sql` union all `)}) as found
    order by found."at" ${order}, found."id" ${order}
    limit ${search.limit + 1}::int`,
  );
}

/** Whether a search has more conditions than its queues. Restricted tables already exclude other tenants. */
function hasConditions({ range, query: { queue: _, ...rest } }: TaskSearch): boolean {
  if (range.from !== EVERYTHING.from || range.to !== EVERYTHING.to) return true;
  return Object.values(rest).some((part) => part?.length);
}

/**
 * Tasks by their number of attempts, or by their duration until `search.at`, highest first; ties by id, newest
 * first. Reads every task of the range, starting at `from`.
 */
async function rankByFigure(
  db: Database,
  search: TaskPageSearch,
): Promise<{ found: Ranked[]; from: Uuid }> {
  const { place, at } = search;
  const from = place?.from ?? (await findRankedFrom(db, search.queues, search.range));
  const until = uuidFloor(toMs(at) + 1);
  const ranked = { ...search, range: intersect(search.range, { from, to: until }) };
  const order = sql.raw(search.direction === "older" ? "desc" : "asc");
  const beyond = sql.raw(search.direction === "older" ? "<" : ">");
  const arms = await mapInTurns(search.queues, (queue) => {
    const tables = queueTables(queue);
    const { tasks } = tables;
    const value = search.sort === "attempts" ? sql`${tasks.attempts}::bigint` : duration(queue, at);
    return sql`select ${tasks.taskId} as id, ${value} as value
      from ${tasks} where ${taskConditions(tables, ranked)}`;
  });
  if (arms.length === 0) return { found: [], from };
  const found = await query(
    db,
    { taskId: uuid, id: uuid, value: text },
    sql`
    select found.id as "taskId", found.id, found.value::text
    from (${sql.join(arms, sql` union all `)}) as found
    ${place ? sql`where (found.value, found.id) ${beyond} (${place.value}::bigint, ${place.id}::uuid)` : sql``}
    order by found.value ${order}, found.id ${order}
    limit ${search.limit + 1}::int`,
  );
  return { found, from };
}

/**
 * Where a ranking of a range starts, so that it covers at most `MOST_RANKED` tasks. Walks the primary keys of all
 * queues together, from the newest task down.
 */
async function findRankedFrom(db: Database, queues: string[], range: KeyRange): Promise<Uuid> {
  if (queues.length === 0) return range.from;
  const arms = queues.map((queue) => {
    const { tasks } = queueTablesOfAllTenants(queue);
    return sql`(
      select ${tasks.taskId} as id from ${tasks}
      where ${and(gte(tasks.taskId, range.from), lt(tasks.taskId, range.to))}
      order by ${tasks.taskId} desc limit ${MOST_RANKED + 1}::int
    )`;
  });
  const [last] = await query(
    db,
    { id: uuid },
    sql`
    select id from (${sql.join(arms, sql` union all `)}) as newest
    order by id desc offset ${MOST_RANKED}::int limit 1`,
  );
  // It becomes part of cursors, which must not reveal the id of another tenant's task.
  return last === undefined ? range.from : uuidFloor(uuidMilliseconds(last.id));
}

/** From the first start to the end, or to an instant, in microseconds; -1 for a task that never started. */
function duration(queue: string, at: Iso) {
  const { tasks, runs } = queueTables(queue);
  // A scalar subquery probes by key for each task; a join might read the whole table of runs.
  const ended = sql`(
    select coalesce(${runs.completedAt}, ${runs.failedAt}) from ${runs}
    where ${runs.runId} = ${tasks.lastAttemptRun} limit 1
  )`;
  // A difference of infinities is NaN, and the longest time between two instants does not fit a bigint. As
  // numbers, both can be clamped; an `interval` would be out of range.
  return sql`coalesce(greatest(least((extract(epoch from case ${tasks.state}
      when 'completed' then ${ended}
      when 'failed' then ${ended}
      when 'cancelled' then ${tasks.cancelledAt}
      else greatest(${at}::timestamptz, ${tasks.firstStartedAt})
    end) - extract(epoch from ${tasks.firstStartedAt})) * 1000000, 9e18), -9e18)::bigint, -1)`;
}
