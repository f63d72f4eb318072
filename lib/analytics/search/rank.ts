import { and, gte, lt, sql } from "drizzle-orm";
import { z } from "zod";
import { queueTables, queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import {
  EVERYTHING,
  intersect,
  type KeyRange,
  uuidFloor,
  uuidInstant,
  uuidMilliseconds,
} from "@/lib/model/key-range";
import type { Direction } from "@/lib/model/page";
import { ProblemError } from "@/lib/model/problem";
import type { TaskFilters } from "@/lib/search-params/tasks";
import type { TaskSort } from "@/lib/search-params/tasks-sort";
import { NO_QUERY } from "@/lib/search-params/tasks-words";
import type { RegisteredQueue } from "../scope/registry";
import type { TaskPage } from "./key-page";
import type { TaskRow, TaskSearch } from "./rows";
import { scanTasks, taskConditions } from "./scan";
import { toSearch } from "./task-search";

/** A page in an order that does not go by id: its tasks are found first, in their order, and read then by primary key. */
export async function pageByRank(
  db: Database,
  queues: RegisteredQueue[],
  filters: TaskFilters & { sort: Exclude<TaskSort, "newest" | "oldest"> },
  now: Iso,
): Promise<TaskPage> {
  const byDue = filters.sort === "due";
  const cursor =
    filters.cursor === null ? null : decodeRankCursor(filters.cursor, byDue ? "time" : "number");
  const names = queues.map((queue) => queue.name);
  // All pages are of the moment in which the first one was read.
  const at = cursor?.at ?? now;
  const whole = await toSearch(db, queues, { ...filters, cursor: null }, at);
  const from =
    cursor?.from ?? (byDue ? whole.range.from : await findRankedFrom(db, names, whole.range));
  const search: TaskSearch = {
    ...whole,
    direction: cursor?.direction ?? "older",
    range: byDue
      ? whole.range
      : intersect(whole.range, { from, to: uuidFloor(Date.parse(at) + 1) }, EVERYTHING),
  };
  const found = byDue
    ? await rankByDue(db, names, search, cursor)
    : await rankByFigure(db, names, search, cursor, filters.sort === "attempts" ? null : at);
  return {
    ...around(found, search, cursor, { at, from }),
    rows: await readInOrder(db, names, found.slice(0, search.limit), search),
    ...(!byDue && from > whole.range.from ? { rankedFrom: uuidInstant(from) } : {}),
  };
}

async function readInOrder(
  db: Database,
  queues: string[],
  ranked: Ranked[],
  search: TaskSearch,
): Promise<TaskRow[]> {
  const ids = ranked.map((one) => one.taskId);
  const byId = { ...search, query: NO_QUERY, ids, range: EVERYTHING, limit: ids.length };
  const rows = new Map((await scanTasks(db, queues, byId, "walk")).map((row) => [row.taskId, row]));
  const inOrder = search.direction === "older" ? ids : ids.reverse();
  return inOrder.flatMap((id) => rows.get(id) ?? []);
}

/** The cursors around what was found in the direction of the search. */
function around(
  found: Ranked[],
  { limit, direction }: TaskSearch,
  cursor: RankCursor | null,
  frame: { at: Iso; from: Uuid },
): Pick<TaskPage, "older" | "newer"> {
  const page = found.slice(0, limit);
  const place = (
    direction: RankCursor["direction"],
    one: Ranked | RankCursor | undefined | null,
  ) => (one ? encodeRankCursor({ direction, value: one.value, id: one.id, ...frame }) : null);
  const ahead = found.length > limit ? place(direction, page.at(-1)) : null;
  const behind = cursor && place(direction === "older" ? "newer" : "older", page[0] ?? cursor);
  return direction === "older" ? { older: ahead, newer: behind } : { older: behind, newer: ahead };
}

/** A task in its place: `value` is what the order goes by, `id` what tells equals apart. */
export type Ranked = { taskId: Uuid; value: string; id: Uuid };

/**
 * Where a page of an order ends that does not go by id. `value` is what the order goes by and `id` tells apart what is
 * equal; `at` and `from` are when the first page was read and where its ranking began: both hold for all pages.
 */
export type RankCursor = { direction: Direction; value: string; id: Uuid; at: Iso; from: Uuid };

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const VALUES = {
  time: /^(-?infinity|\d{4,6}-\d\d-\d\d [\d:.+-]+( BC)?)$/,
  number: /^-?\d{1,18}$/,
};
const schemaOf = (values: RegExp) =>
  z.tuple([z.enum(["older", "newer"]), z.string().regex(values), uuid, z.iso.datetime(), uuid]);

/** The page that goes on after (`older`) or before (`newer`) this place, which itself is not part of it. */
export function encodeRankCursor({ direction, value, id, at, from }: RankCursor): string {
  return Buffer.from(JSON.stringify([direction, value, id, at, from])).toString("base64url");
}

/** @throws ProblemError `bad_request`, also for a cursor of an order whose values are of the other kind. */
export function decodeRankCursor(cursor: string, values: keyof typeof VALUES): RankCursor {
  const parts = schemaOf(VALUES[values]).safeParse(
    parse(Buffer.from(cursor, "base64url").toString()),
  );
  if (!parts.success)
    throw new ProblemError({
      code: "bad_request",
      message: "The parameter cursor is not one that a page returned.",
    });
  const [direction, value, id, at, from] = parts.data;
  return { direction, value, id, at, from };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

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
