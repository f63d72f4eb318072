import { type SQL, sql } from "drizzle-orm";
import { getDatabase } from "@/lib/db/databases";
import { integer, uuid } from "@/lib/db/decode";
import { fixText, query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
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
import { queryTaskRows, selectRow, type TaskRow } from "./rows";
import type { TaskPageSearch } from "./task-search";

/** How many queues one kept statement reads. A change of a table makes the server plan its statement again. */
const PORTION = 100;

/** How many queues one statement of rows reads, which is planned each time. */
const CHUNK = 40;

/** How many times as far as the last page of a database reached its next page is expected to reach. */
const MARGIN = 4;

/** How far in milliseconds the last page reached, by database and whether it began at the newest task. */
const reached = new Map<string, number>();

/** Fixed texts of the heads of a portion, and of the rows of a queue. */
const portionTexts = new Map<string, SQL>();
const rowTexts = new WeakMap<object, Map<string, SQL>>();

/** The ends of the range, which `inRange` defines once for all arms. */
const LOW = sql.raw("$1::uuid");
const HIGH = sql.raw("$2::uuid");
const inRange = ({ from, to }: KeyRange) =>
  sql`with range(low, high) as (select ${from}::uuid, ${to}::uuid)`;

/**
 * The first `limit + 1` tasks of a search without conditions, in its direction, over many queues. Looks up the first
 * task of each queue, and reads rows only of the queues whose first tasks come first, until none of the others can have
 * a row of the page. Exact: all is read in one snapshot. The time in which the page is expected to lie is searched first,
 * so that the other queues cost one descent of their primary key and no page of their table.
 */
export async function walkManyQueues(db: Database, search: TaskPageSearch): Promise<TaskRow[]> {
  const { range, direction, limit } = search;
  const isOlder = direction === "older";
  const edge = isOlder
    ? Math.min(uuidMilliseconds(range.to), toMs(search.at))
    : uuidMilliseconds(range.from);
  const key = `${range.to === EVERYTHING.to} ${getDatabase().name}`;
  const known = reached.get(key);
  const width = known === undefined || edge === 0 ? null : known * MARGIN;
  const near =
    width === null
      ? range
      : intersect(
          range,
          isOlder
            ? { ...range, from: uuidFloor(Math.max(0, edge - width)) }
            : { ...range, to: uuidFloor(edge + width) },
        );
  let rows = await walk(db, { ...search, range: near });
  if (rows.length <= limit && (near.from > range.from || near.to < range.to))
    rows = await walk(db, search);
  const last = rows[limit];
  if (last && edge > 0)
    reached.set(key, Math.max(1_000, Math.abs(edge - uuidMilliseconds(last.taskId))));
  return rows;
}

async function walk(db: Database, search: TaskPageSearch): Promise<TaskRow[]> {
  const { range, direction, limit } = search;
  const order = direction === "older" ? "desc" : "asc";
  const sign = direction === "older" ? -1 : 1;
  const byId = (a: Uuid, b: Uuid) => (a < b ? -sign : a > b ? sign : 0);
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
    const arms = chunk.map(({ queue }) => selectFirst(queue, `${order} limit ${limit + 1}`));
    const found = await queryTaskRows(db, arms, sql.raw(order), limit + 1, {
      start: inRange(page),
    });
    rows = [...rows, ...found].sort((a, b) => byId(a.taskId, b.taskId)).slice(0, limit + 1);
  }
  return rows;
}

function selectFirst(queue: string, order: string): SQL {
  const tables = queueTables(queue);
  const known = rowTexts.get(tables) ?? new Map<string, SQL>();
  rowTexts.set(tables, known);
  return fixText(known, order, () => {
    return sql`(${selectRow(queue, tables)} where task_id >= ${LOW} and task_id < ${HIGH}
      order by task_id ${sql.raw(order)})`;
  });
}

/** The first task of each queue in the range of a search, in its direction. */
async function listHeads(
  db: Database,
  { queues, range, direction }: TaskPageSearch,
): Promise<{ queue: string; id: Uuid }[]> {
  const portions: Promise<{ queue: string; id: Uuid }[]>[] = [];
  for (let start = 0; start < queues.length; start += PORTION) {
    const names = queues.slice(start, start + PORTION);
    const heads = query(
      keepPlans(db),
      { queue: integer, id: uuid },
      sql`${inRange(range)} ${selectHeads(names, direction)}`,
    );
    portions.push(
      heads.then((found) => found.map(({ queue, id }) => ({ queue: names[queue] ?? "", id }))),
    );
  }
  return (await Promise.all(portions)).flat();
}

function selectHeads(queues: readonly string[], direction: Direction): SQL {
  const order = sql.raw(direction === "older" ? "desc" : "asc");
  return fixText(portionTexts, [direction, ...queues].join(" "), () => {
    const arms = queues.map((queue, index) => {
      const { tasks } = queueTables(queue);
      return sql`select ${sql.raw(`${index}`)} as queue, (
        select task_id from ${tasks} where task_id >= ${LOW} and task_id < ${HIGH}
        order by task_id ${order} limit 1
      ) as id`;
    });
    return sql`select queue, id from (${sql.join(arms, sql` union all `)}) as heads where id is not null`;
  });
}
