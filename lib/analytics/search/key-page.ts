import { sql } from "drizzle-orm";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { beyond, type KeyRange, predecessor, successor, uuidInstant } from "@/lib/model/key-range";
import type { Page } from "@/lib/model/page";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { encodeCursor, inKeyRange } from "../scope/key-pages";
import type { TaskRow, TaskSearch } from "./rows";
import { asksForActive, isAtMostActive, scanActiveTasks, scanTasks } from "./scan";
import { isNarrowed } from "./task-search";
import { findExtent, PAGES, readWindows, withinTime } from "./windows";

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

/**
 * How long each part of a search may take, in milliseconds: what lies near the cursor, all active runs, and windows of
 * the rest before it hands over what it has.
 */
const BUDGET = 700;

/** Of so many active runs all are looked at at once; of more, the tasks next to the cursor are looked at first. */
const FEW = 1_000;

/** So many tasks for one of a page are looked at first, but no fewer and no more than these in all. */
const NEAR = { factor: 80, least: 2_000, most: 12_000 };

/** What follows is at most so many times as wide as what is near. */
const WIDER = 8;

/** `rest` is the part of the range that was not looked at because time ran out; `null` when the search is done. */
export type SearchResult = { rows: TaskRow[]; rest: KeyRange | null };

/**
 * Looks for tasks that no index finds, away from the cursor, until the page has `limit + 1` rows, the range is at its end
 * or the time is used up. A few thousand tasks are walked along their keys first, which fills a page with whatever is not
 * rare; then window by window is swept. Active tasks of which a part of the range holds none are found through the index
 * of runs by state instead, unless there are very many of them.
 *
 * @throws the driver's time-out when not even a small window could be read in time.
 */
export async function searchTasks(
  db: Database,
  queues: string[],
  search: TaskSearch,
  options: ReadOptions,
): Promise<SearchResult> {
  const tasks = Math.min(Math.max(search.limit * NEAR.factor, NEAR.least), NEAR.most);
  const { near, rest, isFew } = await findBeginning(db, queues, search, { tasks, runs: FEW });
  if (isFew) return { rows: await scanActiveTasks(db, queues, search), rest: null };
  const walk = () => scanTasks(db, queues, { ...search, range: near }, "walk");
  const first = await withinTime(db, BUDGET, walk, options);
  if (first && (rest === null || first.length > search.limit)) return { rows: first, rest: null };
  const ask = () => scanActiveTasks(db, queues, search);
  let mayAsk = asksForActive(search);
  const askRuns = async () => {
    const asks = mayAsk;
    mayAsk = false;
    return asks ? withinTime(db, BUDGET, ask, options) : null;
  };
  const active = first?.length ? null : await askRuns();
  if (active) return { rows: active, rest: null };
  const done = first && rest ? { rows: first, rest, tasks } : null;
  return sweep(db, queues, search, done, askRuns, options);
}

/**
 * Goes on behind what was found near the cursor, or from the cursor if that could not be read. Where a window is empty,
 * `otherwise` may know the whole page.
 */
async function sweep(
  db: Database,
  queues: string[],
  search: TaskSearch,
  done: { rows: TaskRow[]; rest: KeyRange; tasks: number } | null,
  otherwise: () => Promise<TaskRow[] | null>,
  options: ReadOptions,
): Promise<SearchResult> {
  let rows = done?.rows ?? [];
  const behind = { ...search, range: done?.rest ?? search.range };
  const { range, width } = await findExtent(db, queues, behind);
  /** How many times as wide a window should be as one with so many hits. */
  const factor = (hits: number) => (1.5 * (search.limit + 1 - rows.length)) / hits;
  const windows = {
    range,
    width: done
      ? (width * Math.min(factor(rows.length), WIDER) * done.tasks) / (search.limit * PAGES)
      : width,
    direction: search.direction,
    budget: BUDGET,
  };
  const rest = await readWindows(db, windows, options, async (window) => {
    const wanted = { ...search, range: window, limit: search.limit - rows.length };
    const hits = await scanTasks(db, queues, wanted, "sweep");
    const all = hits.length > 0 ? null : await otherwise();
    rows = all ?? [...rows, ...hits];
    if (all || rows.length > search.limit) return "enough";
    return hits.length > 0 ? factor(hits.length) : "more";
  });
  return { rows, rest };
}

/** What lies at the beginning of a search. */
export type Beginning = {
  /** The part of the range that comes first, and holds so many tasks at most. */
  near: KeyRange;
  /** The part behind it, or `null` when there is none. */
  rest: KeyRange | null;
  /** Whether few runs are in the active states asked for. */
  isFew: boolean;
};

/**
 * Cuts off the first `tasks` tasks of a search's range, those of all queues together, whatever else is asked of them; and
 * says of a search for active states whether at most `runs` runs are in them. The primary keys of all queues are walked
 * together, which reads keys only.
 */
export async function findBeginning(
  db: Database,
  queues: string[],
  search: TaskSearch,
  most: { tasks: number; runs: number },
): Promise<Beginning> {
  const { range, direction } = search;
  const order = direction === "older" ? sql`desc` : sql`asc`;
  const arms = queues.map((queue) => {
    // Only where to stop: a restricted dashboard may have no task within reach of a key.
    const { tasks } = queueTablesOfAllTenants(queue);
    return sql`(
      select ${tasks.taskId} as id from ${tasks}
      where ${inKeyRange(tasks.taskId, { range })}
      order by ${tasks.taskId} ${order} limit ${most.tasks}::int
    )`;
  });
  if (arms.length === 0) return { near: range, rest: null, isFew: false };
  const isFew = asksForActive(search)
    ? isAtMostActive(queues, search.query.state, most.runs)
    : sql`false`;
  const { rows } = await db.execute<{ last: string | null; isFew: boolean }>(sql`
    select ${isFew} as "isFew", (
      select id from (${sql.join(arms, sql` union all `)}) as keys
      order by id ${order} offset ${most.tasks - 1}::int limit 1
    ) as "last"`);
  const { last = null, isFew: few = false } = rows[0] ?? {};
  const rest = last === null ? null : beyond(range, direction, last);
  if (rest === null) return { near: range, rest, isFew: few };
  const near = direction === "older" ? { ...range, from: rest.to } : { ...range, to: rest.from };
  return { near, rest, isFew: few };
}
