import { and, gte, lt, sql } from "drizzle-orm";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import {
  intersect,
  type KeyRange,
  successor,
  uuidFloor,
  uuidMilliseconds,
} from "@/lib/model/key-range";
import type { Direction } from "@/lib/model/page";
import { findErrorCode, SQLSTATE } from "@/lib/model/sqlstate";
import type { TaskSearch } from "./rows";

/** How long one window may take before it is tried again with a smaller one, in milliseconds. */
const WINDOW_LIMIT = 1_000;

/** How far windows may go, and from where. */
export type Windows = {
  range: KeyRange;
  direction: Direction;
  /** Of the first window, in milliseconds of ids. */
  width: number;
  /** How long to go on with further windows, in milliseconds. */
  budget: number;
};

/**
 * Goes through a range of ids window by window, away from its beginning, until `read` says that it has enough, the range
 * is at its end or the time is used up. The windows grow while they are cheap and shrink when they are not, so that
 * no statement runs long, whatever the size of the tables; a number from `read` says how many times as wide the next one
 * need be at most. Answers the part of the range that was not read because of
 * the time, or `null`.
 *
 * @throws the driver's time-out when not even a small window could be read in time.
 */
export async function readWindows(
  db: Database,
  windows: Windows,
  { signal }: ReadOptions,
  read: (range: KeyRange) => Promise<"enough" | "more" | number>,
): Promise<KeyRange | null> {
  const { direction } = windows;
  const deadline = performance.now() + windows.budget;
  let { range: rest, width } = windows;
  let expected = 0;
  while (rest.from < rest.to) {
    signal?.throwIfAborted();
    const isFirst = rest === windows.range;
    // At least one window, or a caller that goes on from where this ended would never get anywhere.
    if (!isFirst && performance.now() + expected > deadline) return rest;
    const range = nextWindow(rest, direction, width);
    const started = performance.now();
    await db.execute(
      sql.raw(`savepoint before_window; set local statement_timeout = ${WINDOW_LIMIT}`),
    );
    let outcome: "enough" | "more" | number;
    try {
      outcome = await read(range);
    } catch (error) {
      const hopeless = isFirst && performance.now() > deadline;
      if (findErrorCode(error) !== SQLSTATE.queryCanceled || signal?.aborted || hopeless)
        throw error;
      await db.execute(sql`rollback to savepoint before_window`);
      width = Math.max(1, width / 16);
      continue;
    }
    rest =
      direction === "older" ? { from: rest.from, to: range.from } : { from: range.to, to: rest.to };
    if (outcome === "enough") return null;
    const took = performance.now() - started;
    const wanted = typeof outcome === "number" ? Math.max(1, outcome) : Number.POSITIVE_INFINITY;
    const factor = Math.min(growth(took), wanted);
    width *= factor;
    expected = took * factor;
  }
  return null;
}

/** The part of a range next to its beginning that is `width` milliseconds wide, and never empty. */
function nextWindow(rest: KeyRange, direction: Direction, width: number): KeyRange {
  if (direction === "older")
    return intersect(rest, { from: uuidFloor(uuidMilliseconds(rest.to) - width), to: rest.to });
  const to = uuidFloor(uuidMilliseconds(rest.from) + 1 + width);
  // The last millisecond an id can hold has no successor.
  return to > rest.from ? intersect(rest, { from: rest.from, to }) : rest;
}

/** Aims at windows of about a fifth of a second. */
function growth(milliseconds: number): number {
  if (milliseconds < 25) return 8;
  if (milliseconds < 100) return 2;
  return milliseconds < 400 ? 1 : 0.25;
}

/**
 * What `read` gives if each of its statements ends within this many milliseconds, else `null`, and then the transaction
 * goes on as before. Where it succeeded the limit stays for what follows: to take it back costs a statement.
 */
export async function withinTime<T>(
  db: Database,
  milliseconds: number,
  read: () => Promise<T>,
  { signal }: ReadOptions,
): Promise<T | null> {
  signal?.throwIfAborted();
  await db.execute(
    sql.raw(`savepoint before_limit; set local statement_timeout = ${milliseconds}`),
  );
  try {
    return await read();
  } catch (error) {
    if (findErrorCode(error) !== SQLSTATE.queryCanceled || signal?.aborted) throw error;
    await db.execute(sql`rollback to savepoint before_limit`);
    return null;
  }
}

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
