import "server-only";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { areAtMostActive, asksForActive, scanActiveTasks } from "./active-tasks";
import { encodeCursor, predecessor, successor, uuidInstant } from "./keys";
import { readQueues } from "./registry";
import { withColumns } from "./task-columns";
import { type TaskRow, type TaskSearch, withLastRuns } from "./task-rows";
import { scanTasks } from "./task-scan";
import { isNarrowed, toSearch } from "./task-scope";
import { type SearchResult, searchTasks } from "./task-search";
import type { Page, TaskSummary } from "./types";

/** Of so many active runs all are sorted at once; of more, the newest tasks are looked at first. */
const FEW = 2_000;

/**
 * One page of tasks of the named queues, or of all of them, newest first by id, which is the order of creation.
 * Every filter holds at once. Pages are keyset pages: tasks that arrive meanwhile neither repeat nor hide others.
 * A search that no index serves stops after about a second and says in `searchedTo` how far it got.
 *
 * @throws ReadError `bad_request` for a foreign cursor, and what `readQueues` throws.
 */
export function listTasks(
  filters: TaskFilters,
  options: ReadOptions = {},
): Promise<Page<TaskSummary>> {
  return readQueues(filters.queue, options, async ({ db, now, queues, unreadable }) => {
    const search = toSearch(filters, now);
    const names = queues.map((queue) => queue.name);
    const { rows, rest } = await findTasks(db, names, search, options);
    const page: Page<TaskSummary> = {
      ...neighbours(rows, rest, search, filters.cursor),
      rows: await withColumns(
        db,
        await withLastRuns(db, inPageOrder(rows, search)),
        filters.columns,
      ),
      now,
    };
    if (unreadable.length > 0) page.unreadable = unreadable.map((queue) => queue.name);
    return page;
  });
}

async function findTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  options: ReadOptions,
): Promise<SearchResult> {
  if (!isNarrowed(search)) return { rows: await scanTasks(db, queues, search, "walk"), rest: null };
  if (asksForActive(search) && (await areAtMostActive(db, queues, search, FEW)))
    return { rows: await scanActiveTasks(db, queues, search), rest: null };
  return searchTasks(db, queues, search, options);
}

function inPageOrder(rows: TaskRow[], search: TaskSearch): TaskRow[] {
  const page = rows.slice(0, search.limit);
  return search.direction === "older" ? page : page.reverse();
}

/** The cursors around the rows found, given in the direction of the search. */
function neighbours(
  rows: TaskRow[],
  rest: SearchResult["rest"],
  search: TaskSearch,
  cursor: string | null,
): Pick<Page<TaskSummary>, "older" | "newer" | "searchedTo"> {
  const page = rows.slice(0, search.limit);
  const first = page[0]?.taskId;
  const last = page.at(-1)?.taskId;
  const isOlder = search.direction === "older";
  const more = rows.length > search.limit;
  let ahead = more && last ? encodeCursor(search.direction, last) : null;
  if (!more && rest)
    ahead = encodeCursor(search.direction, isOlder ? rest.to : predecessor(rest.from));
  let behind = first ? encodeCursor(isOlder ? "newer" : "older", first) : null;
  if (!first)
    behind = isOlder
      ? encodeCursor("newer", predecessor(search.range.to))
      : encodeCursor("older", successor(search.range.from));
  return {
    older: isOlder ? ahead : behind,
    newer: isOlder ? (cursor === null ? null : behind) : ahead,
    ...(rest && !more ? { searchedTo: uuidInstant(isOlder ? rest.to : rest.from) } : {}),
  };
}
