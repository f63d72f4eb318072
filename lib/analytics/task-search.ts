import { sql } from "drizzle-orm";
import { errorCode } from "@/lib/db/errors";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { intersect, type KeyRange, uuidFloor, uuidMilliseconds } from "./keys";
import { findExtent } from "./task-extent";
import type { TaskRow, TaskSearch } from "./task-rows";
import { scanTasks } from "./task-scan";

/** How long a search without an index may go on before it hands over what it has, in milliseconds. */
const BUDGET = 1_500;

/** How long one window may take before it is tried again with a smaller one, in milliseconds. */
const WINDOW_LIMIT = 1_000;

/** `rest` is the part of the range that was not looked at because time ran out; `null` when the search is done. */
export type SearchResult = { rows: TaskRow[]; rest: KeyRange | null };

/**
 * Looks for tasks that no index finds: window by window of the key range, away from the cursor, until the page has
 * `limit + 1` rows, the range is at its end or the time is used up. The windows grow while they are cheap and shrink
 * when they are not, so that no statement runs long, whatever the size of the tables.
 *
 * @throws the driver's time-out when not even a small window could be read in time.
 */
export async function searchTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  { signal }: ReadOptions,
): Promise<SearchResult> {
  const deadline = performance.now() + BUDGET;
  const rows: TaskRow[] = [];
  const extent = await findExtent(db, queues, search);
  let { range: rest, width } = extent;
  await db.execute(sql`set local statement_timeout = ${sql.raw(String(WINDOW_LIMIT))}`);
  while (rest.from < rest.to && rows.length <= search.limit) {
    signal?.throwIfAborted();
    const isFirst = rest === extent.range;
    // At least one window, or a caller that goes on from where this ended would never get anywhere.
    if (!isFirst && performance.now() > deadline) return { rows, rest };
    const range = nextWindow(rest, search.direction, width);
    const started = performance.now();
    await db.execute(sql`savepoint before_window`);
    try {
      const wanted = { ...search, range, limit: search.limit - rows.length };
      rows.push(...(await scanTasks(db, queues, wanted, "sweep")));
    } catch (error) {
      const hopeless = isFirst && performance.now() > deadline;
      if (errorCode(error) !== "57014" || signal?.aborted || hopeless) throw error;
      await db.execute(sql`rollback to savepoint before_window`);
      width = Math.max(1, width / 16);
      continue;
    }
    rest =
      search.direction === "older"
        ? { from: rest.from, to: range.from }
        : { from: range.to, to: rest.to };
    width *= growth(performance.now() - started);
  }
  return { rows, rest: null };
}

/** The part of a range next to the cursor that is `width` milliseconds wide, and never empty. */
function nextWindow(rest: KeyRange, direction: TaskSearch["direction"], width: number): KeyRange {
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
