import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { KeyRange } from "@/lib/model/key-range";
import { asksForActive, scanActiveTasks } from "./active-tasks";
import { findBeginning } from "./task-beginning";
import { findExtent, PAGES } from "./task-extent";
import type { TaskRow, TaskSearch } from "./task-rows";
import { scanTasks } from "./task-scan";
import { readWindows } from "./task-windows";
import { withinTime } from "./time-limit";

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
