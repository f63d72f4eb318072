import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { predecessor, successor, uuidInstant } from "@/lib/model/key-range";
import type { Page } from "@/lib/model/page";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { encodeCursor } from "./keys";
import type { TaskRow, TaskSearch } from "./task-rows";
import { scanTasks } from "./task-scan";
import { isNarrowed } from "./task-scope";
import { type SearchResult, searchTasks } from "./task-search";

/** Tasks in the order of their page, and what is around it. */
export type TaskPage = { rows: TaskRow[] } & Pick<
  Page<TaskRow>,
  "older" | "newer" | "searchedTo" | "rankedFrom"
>;

/** A page by id, the newest or the oldest first. A search that no index serves stops after about a second. */
export async function pageByKey(
  db: Database,
  queues: string[],
  search: TaskSearch,
  { sort, cursor }: Pick<TaskFilters, "sort" | "cursor">,
  options: ReadOptions,
): Promise<TaskPage> {
  const { rows, rest } = await findTasks(db, queues, search, options);
  const page = rows.slice(0, search.limit);
  const onward = sort === "oldest" ? "newer" : "older";
  return {
    ...neighbours(rows, rest, search, cursor),
    rows: search.direction === onward ? page : page.reverse(),
  };
}

async function findTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  options: ReadOptions,
): Promise<SearchResult> {
  if (search.ids || !isNarrowed(search))
    return { rows: await scanTasks(db, queues, search, "walk"), rest: null };
  return searchTasks(db, queues, search, options);
}

/** The cursors around the rows found, given in the direction of the search. */
function neighbours(
  rows: TaskRow[],
  rest: SearchResult["rest"],
  search: TaskSearch,
  cursor: string | null,
): Pick<TaskPage, "older" | "newer" | "searchedTo"> {
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
  // Before the first page there is nothing.
  if (cursor === null) behind = null;
  return {
    older: isOlder ? ahead : behind,
    newer: isOlder ? behind : ahead,
    ...(rest && !more ? { searchedTo: uuidInstant(isOlder ? rest.to : rest.from) } : {}),
  };
}
