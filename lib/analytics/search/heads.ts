import { type SQL, sql } from "drizzle-orm";
import { getDatabase } from "@/lib/db/databases";
import { integer, uuid } from "@/lib/db/decode";
import { fixText } from "@/lib/db/query";
import { getTablesVersion, queueTables } from "@/lib/db/schema";
import { type Database, keepPlans } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { toMs } from "@/lib/model/instants";
import {
  EVERYTHING,
  intersect,
  type KeyRange,
  successor,
  uuidFloor,
  uuidMilliseconds,
} from "@/lib/model/key-range";
import type { Direction } from "@/lib/model/page";
import { inPortions, queryPortions } from "../scope/portions";
import { packRow, queryTaskRows, selectRow, type TaskRow } from "./rows";
import type { TaskPageSearch, TaskSearch } from "./task-search";

/** How many queues one statement of rows reads, which is planned each time. */
const CHUNK = 40;

/** How many times as far as the last page of a database reached its next page is expected to reach. */
const MARGIN = 1.5;

/**
 * Where the last page ended, and how far in milliseconds it reached: by database, size of the page and whether it began at
 * the newest task.
 */
const reached = new Map<string, { last: Uuid; milliseconds: number }>();

/** Where the rows of a page are expected, although its end is unknown. */
function expectRange(
  { range, direction }: TaskPageSearch,
  edge: number,
  { last, milliseconds }: { last: Uuid; milliseconds: number },
): KeyRange {
  if (direction === "newer") return { ...range, to: uuidFloor(edge + milliseconds * MARGIN) };
  const from = uuidFloor(edge - milliseconds * MARGIN);
  // The newest page is expected to end where it did, unless many tasks were spawned since then.
  return { ...range, from: range.to === EVERYTHING.to && last > from ? last : from };
}

/** Fixed texts of the rows of a portion. */
const portionTexts = new Map<string, SQL>();

/** The ends of the range, which `inRange` defines once for all arms. */
const LOW = sql.raw("$1::uuid");
const HIGH = sql.raw("$2::uuid");
const inRange = ({ from, to }: KeyRange) =>
  sql`with range(low, high) as (select ${from}::uuid, ${to}::uuid)`;

/**
 * The first `limit + 1` tasks of a search without conditions, in its direction, over many queues. Exact: all is read in
 * one snapshot. First reads the rows of the time in which the page is expected to lie, by statements that the session
 * keeps, so that the other queues cost one descent of their primary key and no page of their table.
 */
export async function walkManyQueues(db: Database, search: TaskPageSearch): Promise<TaskRow[]> {
  const { range, direction, limit } = search;
  const isOlder = direction === "older";
  const edge = isOlder
    ? Math.min(uuidMilliseconds(range.to), toMs(search.at))
    : uuidMilliseconds(range.from);
  const key = `${range.to === EVERYTHING.to} ${limit} ${getDatabase().name}`;
  const known = edge === 0 ? undefined : reached.get(key);
  let rows: TaskRow[] = [];
  if (known) {
    const near = intersect(range, expectRange(search, edge, known));
    rows = await walkNear(db, { ...search, range: near });
    if (near.from === range.from && near.to === range.to) return rows;
  }
  if (rows.length <= limit) rows = await walk(db, search);
  const last = rows[limit];
  if (last && edge > 0)
    reached.set(key, {
      last: last.taskId,
      milliseconds: Math.max(1, Math.abs(edge - uuidMilliseconds(last.taskId))),
    });
  return rows;
}

/** The first `limit + 1` rows of a range, of which each queue contributes as many at most. */
async function walkNear(db: Database, search: TaskPageSearch): Promise<TaskRow[]> {
  const { queues, range, direction, limit } = search;
  const order = direction === "older" ? "desc" : "asc";
  const rows = await inPortions(db, queues, (names) =>
    queryTaskRows(
      keepPlans(db),
      [selectPortion(names, `${order} limit ${limit + 1}`)],
      sql.raw(order),
      limit + 1,
      { start: inRange(range), arePacked: true },
    ),
  );
  const compare = getCompare(direction);
  return rows.sort((a, b) => compare(a.taskId, b.taskId)).slice(0, limit + 1);
}

function getCompare(direction: Direction): (a: Uuid, b: Uuid) => number {
  const sign = direction === "older" ? -1 : 1;
  return (a, b) => (a < b ? -sign : a > b ? sign : 0);
}

/**
 * Looks up the first task of each queue, and reads rows only of the queues whose first tasks come first, until none of the
 * others can have a row of the page.
 */
async function walk(db: Database, search: TaskPageSearch): Promise<TaskRow[]> {
  const { range, direction, limit } = search;
  const order = direction === "older" ? "desc" : "asc";
  const byId = getCompare(direction);
  const heads = (await listHeads(db, search)).sort((a, b) => byId(a.id, b.id));
  // `limit + 1` queues have a task up to this one, so that the page ends here at the latest.
  const end = heads[limit]?.id;
  const page = end
    ? { ...range, ...(direction === "older" ? { from: end } : { to: successor(end) }) }
    : range;
  let rows: TaskRow[] = [];
  for (let start = 0; start < heads.length; start += CHUNK) {
    const last = rows[limit];
    const chunk = heads
      .slice(start, start + CHUNK)
      .filter(({ id }) => !last || byId(id, last.taskId) < 0);
    if (chunk.length === 0) break;
    const arms = chunk.map(({ queue }) =>
      selectFirst(selectRow(queue, queueTables(queue)), `${order} limit ${limit + 1}`),
    );
    const found = await queryTaskRows(db, arms, sql.raw(order), limit + 1, {
      start: inRange(page),
    });
    rows = [...rows, ...found].sort((a, b) => byId(a.taskId, b.taskId)).slice(0, limit + 1);
  }
  return rows;
}

/** The first rows of all queues of a portion, packed. */
function selectPortion(queues: readonly string[], order: string): SQL {
  const key = JSON.stringify([getDatabase().name, getTablesVersion(), order, queues]);
  return fixText(portionTexts, key, () => {
    const arms = queues.map((queue) => selectFirst(packRow(queue, queueTables(queue)), order));
    return sql.join(arms, sql` union all `);
  });
}

function selectFirst(selected: SQL, order: string): SQL {
  return sql`(${selected} where task_id >= ${LOW} and task_id < ${HIGH} order by task_id ${sql.raw(order)})`;
}

/** A task of a queue. */
export type Head = { queue: string; id: Uuid };

/** The first task of each queue in the range of a search, in its direction. */
export function listHeads(
  db: Database,
  { queues, range, direction }: Pick<TaskSearch, "queues" | "range" | "direction">,
): Promise<Head[]> {
  const order = sql.raw(direction === "older" ? "desc" : "asc");
  return queryPortions(db, { id: uuid }, queues, {
    key: `heads ${direction}`,
    start: inRange(range),
    write: (queue) => sql`(
      select task_id as id from ${queueTables(queue).tasks} where task_id >= ${LOW} and task_id < ${HIGH}
      order by task_id ${order} limit 1)`,
  });
}

/** How many runs of each queue are in these active states, up to `most`; queues without any are left out. */
export function countActiveRuns(
  db: Database,
  { queues, query: { state } }: TaskSearch,
  most: number,
): Promise<{ queue: string; runs: number }[]> {
  const states = sql.raw(state.map((one) => `'${one}'`).join(", "));
  return queryPortions(db, { runs: integer }, queues, {
    key: ["active", most, ...state].join(" "),
    start: sql``,
    write: (queue) => sql`(
      select count(*)::int as runs from (
        select from ${queueTables(queue).runs} where state in (${states}) limit ${sql.raw(`${most}`)}
      ) as found having count(*) > 0)`,
  });
}
