import { and, gte, lt, sql } from "drizzle-orm";
import { nullable, uuid } from "@/lib/db/decode";
import { execute } from "@/lib/db/query";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import { type Database, type ReadOptions, sendFirst } from "@/lib/db/snapshot";
import {
  intersect,
  type KeyRange,
  successor,
  uuidFloor,
  uuidMilliseconds,
} from "@/lib/model/key-range";
import type { Direction } from "@/lib/model/page";
import { findErrorCode, SQLSTATE } from "@/lib/model/sqlstate";
import { queryUnion } from "../scope/union";
import type { TaskSearch } from "./task-search";

/** Time limit of one window before it is retried with a smaller one, in milliseconds. */
const WINDOW_LIMIT = 1_000;

/** How long after the budget a first window is retried in smaller sizes, in milliseconds. */
const RETRY = 2 * WINDOW_LIMIT;

/**
 * The first window aims at this many pages of tasks of all queues together: enough for one page of matches that
 * aren't rare.
 */
export const PAGES = 20;

/** The range to scan window by window. */
export type Windows = {
  range: KeyRange;
  direction: Direction;
  /** Width of the first window, in milliseconds of ids. */
  width: number;
  /** Where the width of the first window starts, if the range begins before that: in milliseconds of ids. */
  edge?: number;
  /** How long further windows may be scanned, in milliseconds. */
  budget: number;
  /** For statements over many queues: how long an empty window takes, in milliseconds; planning them takes longer still. */
  overhead?: number;
};

/**
 * Scans a range of ids window by window, in its direction, until `scan` has enough, the range ends or the budget
 * is spent. Windows grow while they are cheap and shrink when they are not, so no statement runs long, for tables
 * of any size. A number returned by `scan` limits how many times as wide the next window becomes. Always scans at
 * least one window.
 *
 * @returns the part of the range that was not scanned for lack of time, or `null`.
 * @throws the driver's timeout if not even a small window could be read in time.
 */
export async function scanWindows(
  db: Database,
  windows: Windows,
  { signal }: ReadOptions,
  scan: (range: KeyRange) => Promise<"enough" | "more" | number>,
): Promise<KeyRange | null> {
  const { direction } = windows;
  const deadline = performance.now() + windows.budget;
  let { range: rest, width } = windows;
  let expected = 0;
  while (rest.from < rest.to) {
    signal?.throwIfAborted();
    const isFirst = rest === windows.range;
    // Without at least one window, a caller that continues from here would never advance.
    if (!isFirst && performance.now() + expected > deadline) return rest;
    const range = nextWindow(rest, direction, width, windows.edge);
    const started = performance.now();
    const limited = limitStatements(db, "before_window", WINDOW_LIMIT);
    let outcome: "enough" | "more" | number;
    try {
      [outcome] = await Promise.all([scan(range), limited]);
    } catch (error) {
      const isHopeless = isFirst && performance.now() > deadline + RETRY;
      if (findErrorCode(error) !== SQLSTATE.queryCanceled || signal?.aborted || isHopeless)
        throw error;
      await execute(db, sql`rollback to savepoint before_window`);
      width = Math.max(1, width / 16);
      continue;
    }
    rest =
      direction === "older" ? { from: rest.from, to: range.from } : { from: range.to, to: rest.to };
    if (outcome === "enough") return null;
    const took = performance.now() - started;
    const wanted = typeof outcome === "number" ? Math.max(1, outcome) : Number.POSITIVE_INFINITY;
    const { overhead = 0 } = windows;
    const least = isFirst && overhead > 0 ? 2 : 0;
    const factor = Math.min(Math.max(growthAfter(took - overhead), least), wanted);
    width *= factor;
    expected = overhead + Math.max(took - overhead, 0) * factor;
  }
  return null;
}

/** The part of a range next to its start that is `width` milliseconds wide, and never empty. */
function nextWindow(
  rest: KeyRange,
  direction: Direction,
  width: number,
  edge: number | undefined,
): KeyRange {
  if (direction === "older") {
    const end = Math.min(uuidMilliseconds(rest.to), edge ?? Number.POSITIVE_INFINITY);
    return intersect(rest, { from: uuidFloor(end - width), to: rest.to });
  }
  const to = uuidFloor(Math.max(uuidMilliseconds(rest.from), edge ?? 0) + 1 + width);
  // The last millisecond an id can hold has no successor.
  return to > rest.from ? intersect(rest, { from: rest.from, to }) : rest;
}

/** How many times as wide as a window that took this long the next one is, to take about a fifth of a second. */
export function growthAfter(milliseconds: number): number {
  if (milliseconds < 25) return 8;
  if (milliseconds < 100) return 2;
  return milliseconds < 400 ? 1 : 0.25;
}

/**
 * The part of a search's range that contains tasks, and the width of a first window, in milliseconds. A few probes
 * of each primary key.
 */
export async function findExtent(
  db: Database,
  search: TaskSearch,
): Promise<{ range: KeyRange; width: number }> {
  const nothing = { range: { from: search.range.from, to: search.range.from }, width: 1 };
  if (search.queues.length === 0) return nothing;
  const arms = search.queues.map((queue) => {
    // Only decides where and in what steps to search: a restricted dashboard may have no visible task nearby.
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
  const id = nullable(uuid);
  const rows = await queryUnion(db, { oldest: id, newest: id, further: id }, arms);
  const oldest = rows.flatMap((row) => row.oldest ?? []).sort()[0];
  const newest = rows
    .flatMap((row) => row.newest ?? [])
    .sort()
    .at(-1);
  if (!oldest || !newest) return nothing;
  const range = intersect(search.range, { from: oldest, to: successor(newest) });
  const edge = uuidMilliseconds(search.direction === "older" ? range.to : range.from);
  /** The range of times that one page of each queue covers, in milliseconds; only queues with a full page count. */
  const pages = rows.flatMap(({ further }) =>
    further === null ? [] : Math.max(1, Math.abs(edge - uuidMilliseconds(further))),
  );
  const perMillisecond = pages.reduce((sum, page) => sum + 1 / page, 0);
  const everything = uuidMilliseconds(range.to) - uuidMilliseconds(range.from);
  return { range, width: (perMillisecond > 0 ? PAGES / perMillisecond : everything) + 1 };
}

/**
 * The result of `read` if each of its statements ends within this many milliseconds, else `null`; the transaction
 * remains usable either way. After a success the limit stays in force: removing it would cost a statement.
 */
export async function withinTime<T>(
  db: Database,
  milliseconds: number,
  read: () => Promise<T>,
  { signal }: ReadOptions,
): Promise<T | null> {
  signal?.throwIfAborted();
  const limited = limitStatements(db, "before_limit", milliseconds);
  try {
    const [result] = await Promise.all([read(), limited]);
    return result;
  } catch (error) {
    if (findErrorCode(error) !== SQLSTATE.queryCanceled || signal?.aborted) throw error;
    await execute(db, sql`rollback to savepoint before_limit`);
    return null;
  }
}

function limitStatements(db: Database, savepoint: string, milliseconds: number): Promise<void> {
  return sendFirst(db, `savepoint ${savepoint}; set local statement_timeout = ${milliseconds}`);
}
