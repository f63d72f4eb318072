import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { EVERYTHING, intersect, uuidFloor, uuidInstant } from "@/lib/model/key-range";
import type { TaskFilters } from "@/lib/search-params/tasks";
import type { TaskSort } from "@/lib/search-params/tasks-sort";
import { NO_QUERY } from "@/lib/search-params/tasks-words";
import { decodeRankCursor, encodeRankCursor, type RankCursor, type Ranked } from "./rank-cursor";
import type { RegisteredQueue } from "./registry";
import { rankByDue } from "./task-due";
import { findRankedFrom, rankByFigure } from "./task-figures";
import type { TaskPage } from "./task-key-page";
import type { TaskRow, TaskSearch } from "./task-rows";
import { scanTasks } from "./task-scan";
import { toSearch } from "./task-scope";

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
