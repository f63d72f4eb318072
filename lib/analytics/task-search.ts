import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { KeyRange } from "./keys";
import { findExtent } from "./task-extent";
import type { TaskRow, TaskSearch } from "./task-rows";
import { scanTasks } from "./task-scan";
import { readWindows } from "./task-windows";

/** How long a search without an index may go on before it hands over what it has, in milliseconds. */
const BUDGET = 700;

/** `rest` is the part of the range that was not looked at because time ran out; `null` when the search is done. */
export type SearchResult = { rows: TaskRow[]; rest: KeyRange | null };

/**
 * Looks for tasks that no index finds: window by window of the key range, away from the cursor, until the page has
 * `limit + 1` rows, the range is at its end or the time is used up.
 *
 * @throws the driver's time-out when not even a small window could be read in time.
 */
export async function searchTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  options: ReadOptions,
): Promise<SearchResult> {
  const rows: TaskRow[] = [];
  const extent = await findExtent(db, queues, search);
  const windows = { ...extent, direction: search.direction, budget: BUDGET };
  const rest = await readWindows(db, windows, options, async (range) => {
    const wanted = { ...search, range, limit: search.limit - rows.length };
    rows.push(...(await scanTasks(db, queues, wanted, "sweep")));
    return rows.length > search.limit ? "enough" : "more";
  });
  return { rows, rest };
}
