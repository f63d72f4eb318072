import { sql } from "drizzle-orm";
import { getDatabase } from "@/lib/db/databases";
import { boolean, nullable, uuid } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import { type Database, keepPlans, type ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import { groupBy } from "@/lib/model/group-by";
import type { Uuid } from "@/lib/model/ids";
import { toMs } from "@/lib/model/instants";
import {
  beyond,
  EVERYTHING,
  type KeyRange,
  predecessor,
  successor,
  uuidInstant,
  uuidMilliseconds,
} from "@/lib/model/key-range";
import { formatCursor, opposite, type Page } from "@/lib/model/page";
import { NO_QUERY } from "@/lib/search-params/tasks/query";
import { inKeyRange } from "../scope/key-pages";
import { MANY_QUEUES } from "../scope/union";
import { countActiveRuns, type Head, listHeads, walkManyQueues } from "./heads";
import { listMatches } from "./matches";
import type { TaskRow } from "./rows";
import { isAtMostActive, isForActive, scanActiveTasks, scanTasks } from "./scan";
import type { TaskPageSearch, TaskSearch } from "./task-search";
import { findExtent, growthAfter, PAGES, scanWindows, withinTime } from "./windows";

/**
 * Time limit of each part of a search, in milliseconds: the walk near the cursor, the lookup by active runs, and all
 * windows together.
 */
const BUDGET = 700;

/** Up to this many active runs: read them all. Above it: walk the keys near the cursor first. */
const FEW = 1_000;

/** Scan 80 tasks per requested row before falling back to windows, clamped to 2,000–12,000. */
const NEAR = { factor: 80, least: 2_000, most: 12_000 };

/** The first window is at most this many times as wide as a part that was walked within this many milliseconds. */
const WIDER = 8;
const QUICK = 100;

/** A page of tasks in display order, with its cursors. */
export type TaskPage = { rows: TaskRow[] } & Pick<
  Page<TaskRow>,
  "older" | "newer" | "searchedTo" | "rankedFrom"
>;

/**
 * `limit + 1` rows if there are as many. `rest` is the range not searched for lack of time, `null` if complete.
 */
type Hits = { rows: TaskRow[]; rest: KeyRange | null };

/** A page sorted by id, newest or oldest first. A search without an index stops after about a second, or sooner. */
export async function pageByKey(
  db: Database,
  search: TaskPageSearch,
  options: ReadOptions,
): Promise<TaskPage> {
  const isPlain = search.ids === null && !isNarrowed(search);
  const hits =
    isPlain && search.queues.length >= MANY_QUEUES
      ? { rows: await walkManyQueues(db, search), rest: null }
      : search.ids || isPlain
        ? { rows: await scanTasks(keepPlans(db), search, "walk"), rest: null }
        : search.queues.length >= MANY_QUEUES && getTenants() === null
          ? await searchManyQueues(db, search, options)
          : await searchTasks(db, search, options);
  const page = hits.rows.slice(0, search.limit);
  const onward = search.sort === "oldest" ? "newer" : "older";
  return {
    ...cursorsAround(hits, search),
    rows: search.direction === onward ? page : page.reverse(),
  };
}

/** Whether a search has more conditions than queues and a range of ids. */
function isNarrowed({ query: { queue: _, id: __, ...rest } }: TaskSearch): boolean {
  // No index covers tenants, so a restriction to tenants is searched like any other filter.
  return getTenants() !== null || Object.values(rest).some((part) => part.length > 0);
}

/** The width of the first window if no page of such a search is known, in milliseconds. */
const FIRST_WIDTH = 60_000;

/**
 * How far in milliseconds the last page of a search reached, by database and conditions; for a search that ran out of time,
 * the width of its last window, or for a first page, what it can search in its time.
 */
const reached = new Map<string, number>();
const MOST_REACHED = 100;

/** How many times as far as its last page a page is expected to reach. */
const MARGIN = 1.25;

/** Up to this many active runs in each of this many queues: read them all. */
const FEW_RUNS = 50;
const FEW_QUEUES = 20;

/** How long kept statements over 500 queues take to find nothing, in milliseconds. */
const OVERHEAD = 30;

/** How long a first page searches many queues, in milliseconds: the browser shows its rows, and continues the search. */
const FIRST_BUDGET = 200;

/**
 * As `searchTasks`, for many queues. Looks up the ids that match in windows, the first of which is as wide as the last
 * page of such a search, by statements that the session keeps; then reads the rows of the page. A first page stops after
 * a fifth of a second.
 */
async function searchManyQueues(
  db: Database,
  search: TaskPageSearch,
  options: ReadOptions,
): Promise<Hits> {
  const { range, direction, limit, query: wanted } = search;
  if (isForActive(search)) {
    const active = await countActiveRuns(db, search, FEW_RUNS + 1);
    if (active.length <= FEW_QUEUES && active.every(({ runs }) => runs <= FEW_RUNS)) {
      const queues = active.map(({ queue }) => queue);
      return { rows: await scanActiveTasks(db, { ...search, queues }), rest: null };
    }
  }
  const isOlder = direction === "older";
  const byId = (a: Uuid, b: Uuid) => (a < b === isOlder ? 1 : -1);
  const isFirst = isOlder && range.to === EVERYTHING.to;
  let edge = isOlder ? Math.min(uuidMilliseconds(range.to), toMs(search.at)) : 0;
  if (!isOlder) {
    const heads = await listHeads(db, search);
    const first = heads.map(({ id }) => id).sort()[0];
    if (first === undefined) return { rows: [], rest: null };
    edge = uuidMilliseconds(first);
  }
  if (search.isContinued && (await canUseValueIndex(db, search)))
    return searchTasks(db, search, options);
  const reachedKey = (isFirst: boolean) => JSON.stringify([getDatabase().name, wanted, isFirst]);
  const key = reachedKey(isFirst);
  const windows = {
    range,
    direction,
    edge,
    width: (reached.get(key) ?? FIRST_WIDTH) * MARGIN,
    budget: isFirst ? FIRST_BUDGET : BUDGET,
    overhead: OVERHEAD,
  };
  let matches: Head[] = [];
  let width = 0;
  const started = performance.now();
  const rest = await scanWindows(db, windows, options, async (window) => {
    const found = await listMatches(db, { ...search, range: window });
    found.sort((a, b) => byId(a.id, b.id));
    matches = [...matches, ...found].slice(0, limit + 1);
    if (matches.length > limit) return "enough";
    width = Math.min(edge, uuidMilliseconds(window.to)) - uuidMilliseconds(window.from);
    return matches.length === 0 ? "more" : (2 * (limit + 1)) / matches.length;
  });
  const last = matches[limit];
  if (reached.size >= MOST_REACHED) reached.clear();
  if (last) reached.set(key, Math.max(1_000, Math.abs(edge - uuidMilliseconds(last.id))));
  else if (rest && isOlder) {
    reached.set(reachedKey(false), Math.max(1_000, width));
    if (isFirst) {
      // The next first page begins with all of this as one window, and so gets further, unless it would take too long.
      const share = Math.min(1, FIRST_BUDGET / (MARGIN * (performance.now() - started)));
      reached.set(key, Math.max(1_000, (edge - uuidMilliseconds(rest.to)) * share));
    }
  }
  const ids = groupBy(matches, ({ queue }) => queue);
  const page = { ...search, queues: [...ids.keys()] };
  const rows = await scanTasks(db, page, "walk", (queue) => ({
    ...{ ...search, query: NO_QUERY, ids: (ids.get(queue) ?? []).map(({ id }) => id) },
  }));
  if (rest === null || !isForActive(search)) return { rows, rest };
  const missing = { ...search, range: rest, limit: limit - rows.length };
  const active = await withinTime(db, BUDGET, () => scanActiveTasks(db, missing), options);
  return active ? { rows: [...rows, ...active], rest: null } : { rows, rest };
}

/**
 * Whether a user may have added an index of values that serves this search. It is used only by plans for the values of a
 * search, not by kept ones.
 */
async function canUseValueIndex(db: Database, { query: { where } }: TaskSearch): Promise<boolean> {
  if (!where.some(({ comparison }) => comparison === ":")) return false;
  const [found] = await query(
    keepPlans(db),
    { exists: boolean },
    sql`select exists (
      select from pg_class index join pg_am method on method.oid = index.relam
      where index.relnamespace = 'absurd'::regnamespace and method.amname = 'gin'
    ) as exists`,
  );
  return found?.exists === true;
}

/**
 * The widest window without a match in which a search last found nothing, in milliseconds of ids, by database, queues and
 * conditions. Such a search begins with windows of this width, also when it continues.
 */
const sparse = new Map<string, number>();

/**
 * Searches for tasks that no index finds, starting at the cursor, until there are `limit + 1` rows, the range ends
 * or time runs out.
 *
 * 1. A few thousand tasks are walked along their keys. That fills the page unless matches are rare.
 * 2. If the walk or a window has no match and the search is for active tasks, the index of runs by state finds them
 *    all, unless it holds very many.
 * 3. The rest is swept window by window.
 *
 * @throws the driver's timeout if not even a small window could be read in time.
 */
async function searchTasks(db: Database, search: TaskSearch, options: ReadOptions): Promise<Hits> {
  const width = sparse.get(keyOf(search));
  if (width !== undefined && !isForActive(search))
    return sweep(db, search, null, () => Promise.resolve(null), options, width);
  const tasks = Math.min(Math.max(search.limit * NEAR.factor, NEAR.least), NEAR.most);
  const { near, rest, hasFewRuns } = await findNear(db, search, { tasks, runs: FEW });
  if (hasFewRuns) return { rows: await scanActiveTasks(db, search), rest: null };
  const walk = () => scanTasks(keepPlans(db), { ...search, range: near }, "walk");
  const started = performance.now();
  const first = await withinTime(db, BUDGET, walk, options);
  const took = performance.now() - started;
  if (first && (rest === null || first.length > search.limit)) return { rows: first, rest: null };
  let canUseRuns = isForActive(search);
  const scanRunsOnce = async () => {
    if (!canUseRuns) return null;
    canUseRuns = false;
    return withinTime(db, BUDGET, () => scanActiveTasks(db, search), options);
  };
  const active = first?.length ? null : await scanRunsOnce();
  if (active) return { rows: active, rest: null };
  const walked = first && rest ? { rows: first, rest, tasks, took } : null;
  return sweep(db, search, walked, scanRunsOnce, options);
}

const keyOf = ({ queues, query, direction }: TaskSearch) =>
  JSON.stringify([getDatabase().name, getTenants(), queues, query, direction]);

/**
 * Continues after the walked part, or at the cursor if the walk timed out. After a window without matches,
 * `scanRunsOnce` may find the whole page.
 */
async function sweep(
  db: Database,
  search: TaskSearch,
  walked: { rows: TaskRow[]; rest: KeyRange; tasks: number; took: number } | null,
  scanRunsOnce: () => Promise<TaskRow[] | null>,
  options: ReadOptions,
  known?: number,
): Promise<Hits> {
  let rows = walked?.rows ?? [];
  let widest = 0;
  const { range, width } = await findExtent(db, { ...search, range: walked?.rest ?? search.range });
  /** How many times as wide as a window with this many hits the next one should be. */
  const growth = (hits: number) => (1.5 * (search.limit + 1 - rows.length)) / hits;
  const wider = walked && (walked.took < QUICK ? WIDER : growthAfter(walked.took));
  const windows = {
    range,
    width:
      walked && wider
        ? (width * Math.min(growth(rows.length), wider) * walked.tasks) / (search.limit * PAGES)
        : (known ?? width),
    direction: search.direction,
    budget: BUDGET,
  };
  const rest = await scanWindows(db, windows, options, async (window) => {
    const wanted = { ...search, range: window, limit: search.limit - rows.length };
    const hits = await scanTasks(db, wanted, "sweep");
    if (hits.length === 0)
      widest = Math.max(widest, uuidMilliseconds(window.to) - uuidMilliseconds(window.from));
    const all = hits.length > 0 ? null : await scanRunsOnce();
    rows = all ?? [...rows, ...hits];
    if (all || rows.length > search.limit) return "enough";
    return hits.length > 0 ? growth(hits.length) : "more";
  });
  const key = keyOf(search);
  if (rows.length > search.limit) sparse.delete(key);
  else if (rows.length === 0 && rest !== null && widest > 0) {
    if (sparse.size >= MOST_REACHED) sparse.clear();
    sparse.set(key, widest);
  }
  return { rows, rest };
}

/**
 * Splits a search's range after its first `tasks` tasks of all queues together, matching or not; `rest` is `null`
 * if there are no more. For a search for active states it also checks whether at most `runs` runs are in them.
 * Walks the primary keys of all queues together and reads only keys.
 */
async function findNear(
  db: Database,
  search: TaskSearch,
  most: { tasks: number; runs: number },
): Promise<{ near: KeyRange; rest: KeyRange | null; hasFewRuns: boolean }> {
  const { queues, range, direction } = search;
  const order = direction === "older" ? sql`desc` : sql`asc`;
  const arms = queues.map((queue) => {
    // Only decides where to split: a restricted dashboard may have no visible task nearby.
    const { tasks } = queueTablesOfAllTenants(queue);
    return sql`(
      select ${tasks.taskId} as id from ${tasks}
      where ${inKeyRange(tasks.taskId, { range })}
      order by ${tasks.taskId} ${order} limit ${sql.raw(`${most.tasks}`)}
    )`;
  });
  if (arms.length === 0) return { near: range, rest: null, hasFewRuns: false };
  const hasFewRuns = isForActive(search)
    ? isAtMostActive(queues, search.query.state, most.runs)
    : sql`false`;
  const [found] = await query(
    keepPlans(db),
    { last: nullable(uuid), hasFewRuns: boolean },
    sql`
    select ${hasFewRuns} as "hasFewRuns", (
      select id from (${sql.join(arms, sql` union all `)}) as keys
      order by id ${order} offset ${most.tasks - 1}::int limit 1
    ) as "last"`,
  );
  const { last, ...few } = found ?? { last: null, hasFewRuns: false };
  const rest = last === null ? null : beyond(range, direction, last);
  if (rest === null) return { near: range, rest, ...few };
  const near = direction === "older" ? { ...range, from: rest.to } : { ...range, to: rest.from };
  return { near, rest, ...few };
}

function cursorsAround(
  { rows, rest }: Hits,
  search: TaskPageSearch,
): Pick<TaskPage, "older" | "newer" | "searchedTo"> {
  const { direction, range, limit } = search;
  const isOlder = direction === "older";
  const first = rows[0]?.taskId;
  const last = rows[limit - 1]?.taskId;
  const isFull = rows.length > limit;
  let ahead = isFull && last ? formatCursor(direction, last) : null;
  if (!isFull && rest) ahead = formatCursor(direction, isOlder ? rest.to : predecessor(rest.from));
  const edge = isOlder ? predecessor(range.to) : successor(range.from);
  // Nothing precedes the first page.
  const behind = search.isContinued ? formatCursor(opposite(direction), first ?? edge) : null;
  return {
    older: isOlder ? ahead : behind,
    newer: isOlder ? behind : ahead,
    ...(rest && !isFull ? { searchedTo: uuidInstant(isOlder ? rest.to : rest.from) } : {}),
  };
}
