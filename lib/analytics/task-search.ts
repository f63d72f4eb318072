import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { areAtMostActive, asksForActive, scanActiveTasks } from "./active-tasks";
import type { KeyRange } from "./keys";
import { findExtent } from "./task-extent";
import type { TaskRow, TaskSearch } from "./task-rows";
import { scanTasks } from "./task-scan";
import { readWindows } from "./task-windows";

/** How long a search without an index may go on before it hands over what it has, in milliseconds. */
const BUDGET = 700;

/** More active runs than this are not sorted for a page. */
const MANY = 100_000;

/** `rest` is the part of the range that was not looked at because time ran out; `null` when the search is done. */
export type SearchResult = { rows: TaskRow[]; rest: KeyRange | null };

/**
 * Looks for tasks that no index finds: window by window of the key range, away from the cursor, until the page has
 * `limit + 1` rows, the range is at its end or the time is used up. Active tasks that do not lie near the cursor are found
 * through the index of runs by state instead, unless there are very many of them.
 *
 * @throws the driver's time-out when not even a small window could be read in time.
 */
export async function searchTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  options: ReadOptions,
): Promise<SearchResult> {
  let rows: TaskRow[] = [];
  const extent = await findExtent(db, queues, search);
  const windows = { ...extent, direction: search.direction, budget: BUDGET };
  let mayAsk = asksForActive(search);
  const mayUseRuns = async () => {
    const asks = mayAsk;
    mayAsk = false;
    return asks && areAtMostActive(db, queues, search, MANY);
  };
  const rest = await readWindows(db, windows, options, async (range) => {
    const wanted = { ...search, range, limit: search.limit - rows.length };
    const near = await scanTasks(db, queues, wanted, "sweep");
    const isShort = rows.length + near.length <= search.limit;
    // The next window is at most eight times as wide.
    const isSparse = near.length * 8 < search.limit;
    if (isShort && isSparse && (await mayUseRuns())) {
      rows = await scanActiveTasks(db, queues, search);
      return "enough";
    }
    // Not before: a statement that takes too long has the whole window read again.
    rows.push(...near);
    if (!isShort) return "enough";
    return near.length > 0 ? (1.5 * (search.limit + 1 - rows.length)) / near.length : "more";
  });
  return { rows, rest };
}
