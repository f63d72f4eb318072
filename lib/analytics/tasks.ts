import { ProblemError } from "@/lib/model/problem";
import "server-only";
import { and, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { type KeyRange, uuidInstant } from "@/lib/model/key-range";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { isKeySort } from "@/lib/search-params/tasks-sort";
import { sortProblem } from "@/lib/search-params/tasks-sort-problem";
import { readQueues } from "./scope/registry";
import { pageByKey } from "./search/key-page";
import { pageByRank } from "./search/rank";
import { type TaskSearch, taskColumns, withColumns, withLastRuns } from "./search/rows";
import { taskConditions } from "./search/scan";
import { toSearch } from "./search/task-search";
import { findExtent, readWindows } from "./search/windows";

/**
 * One page of tasks of the named queues, or of all of them, in the order of `sort`: newest first by id, which is the order
 * of creation, unless another one is asked for. Every filter holds at once. Pages are keyset pages: tasks that arrive
 * meanwhile neither repeat nor hide others. A search that no index serves stops after about a second and says in
 * `searchedTo` how far it got; a ranking over more tasks than it looks at says in `rankedFrom` where they begin.
 *
 * @throws ProblemError `bad_request` for a foreign cursor or an order that these filters cannot be in, and what
 *   `readQueues` throws.
 */
export async function listTasks(
  filters: TaskFilters,
  options: ReadOptions = {},
): Promise<Page<TaskSummary>> {
  const problem = sortProblem(filters);
  if (problem)
    throw new ProblemError({ code: "bad_request", message: problem.message, hint: problem.hint });
  return readQueues(filters.queue, options, async ({ db, now, queues, unreadable }) => {
    const names = queues.map((queue) => queue.name);
    const { rows, ...around } = isKeySort(filters.sort)
      ? await pageByKey(db, names, await toSearch(db, queues, filters, now), filters, options)
      : await pageByRank(db, queues, { ...filters, sort: filters.sort }, now);
    const page: Page<TaskSummary> = {
      ...around,
      rows: await withColumns(db, await withLastRuns(db, rows), filters.columns),
      now,
    };
    if (unreadable.length > 0) page.unreadable = unreadable.map((queue) => queue.name);
    return page;
  });
}

/**
 * The named tasks as a list shows them, by queue; those that are not there any more are left out.
 *
 * @throws what `readQueues` throws.
 */
export function listSelectedTasks(
  selected: readonly { queue: string; taskId: Uuid }[],
  options: ReadOptions = {},
): Promise<{ rows: TaskSummary[]; now: Iso }> {
  const names = [...new Set(selected.map(({ queue }) => queue))];
  return readQueues(names, options, async ({ db, now }) => {
    const rows: TaskSummary[] = [];
    for (const queue of names) {
      const tables = queueTables(queue);
      const ids = selected.flatMap((task) => (task.queue === queue ? task.taskId : []));
      const tasks = await db
        .select(taskColumns(queue, tables))
        .from(tables.tasks)
        .where(sql`${tables.tasks.taskId} = any(${sql.param(ids)}::uuid[])`);
      rows.push(...(await withLastRuns(db, tasks)));
    }
    return { rows, now };
  });
}

/** How long one snapshot is kept, in milliseconds: a long one would hold back the database's cleaning up. */
const BUDGET = 700;

/** How many tasks match so far. `searchedTo` is `null` when all of them are counted. */
export type CountStep = {
  count: number;
  searchedTo: Iso | null;
  now: Iso;
  /** Queues that cannot be read and are not counted. */
  unreadable: string[];
};

/**
 * Counts the tasks that match, newest first, and tells the count at least once a second until it is complete. Each part
 * is exact at the time it was read; the cursor of the filters plays no part.
 *
 * @throws ProblemError what `readQueues` throws.
 */
export async function* countTasks(
  filters: Omit<TaskFilters, "sort">,
  options: ReadOptions = {},
): AsyncGenerator<CountStep> {
  let count = 0;
  let search: TaskSearch | undefined;
  for (;;) {
    const part = await readQueues(filters.queue, options, async ({ db, now, ...scope }) => {
      const whole =
        search ??
        (await toSearch(db, scope.queues, { ...filters, sort: "newest", cursor: null }, now));
      search = whole;
      const names = scope.queues.map((queue) => queue.name);
      let found = 0;
      const extent = await findExtent(db, names, { ...whole, limit: 500 });
      const windows = { ...extent, direction: search.direction, budget: BUDGET };
      const rest = await readWindows(db, windows, options, async (range) => {
        found += await countRange(db, names, { ...whole, range });
        return "more";
      });
      return { found, rest, now, unreadable: scope.unreadable.map((queue) => queue.name) };
    });
    count += part.found;
    const { now, unreadable } = part;
    yield { count, searchedTo: part.rest && uuidInstant(part.rest.to), now, unreadable };
    if (!part.rest) return;
    search = withRange(search, part.rest);
  }
}

function withRange(search: TaskSearch | undefined, range: KeyRange): TaskSearch {
  if (!search) throw new Error("A count goes on only after it began");
  return { ...search, range };
}

async function countRange(db: Database, queues: string[], search: TaskSearch): Promise<number> {
  if (queues.length === 0) return 0;
  const arms = queues.map((queue) => {
    const tables = queueTables(queue);
    return sql`(select count(*) from ${tables.tasks} where ${and(taskConditions(tables, search))})`;
  });
  const { rows } = await db.execute<{ tasks: number }>(
    sql`select (${sql.join(arms, sql` + `)})::float8 as tasks`,
  );
  return rows[0]?.tasks ?? 0;
}

/** How long one following of pages may go on, in milliseconds. Whoever wants more goes on from the last cursor. */
const LONGEST = 300_000;

/** What one step found, how far back it got, and where the next one would begin. */
export type TaskStep = {
  rows: TaskSummary[];
  /** `null` when the page is full or the history at its end. */
  searchedTo: Iso | null;
  older: string | null;
  now: Iso;
  unreadable?: string[];
};

/**
 * Follows a list towards older tasks in steps of a second at most, each in a snapshot of its own, until `limit` tasks
 * are found, the history is at its end, or five minutes have passed. Memory does not grow with what was read.
 *
 * @throws ProblemError what `listTasks` throws.
 */
export async function* followTasks(
  filters: Omit<TaskFilters, "sort">,
  options: ReadOptions & { pageSize?: number } = {},
): AsyncGenerator<TaskStep> {
  const deadline = performance.now() + LONGEST;
  let { cursor, limit } = filters;
  while (limit > 0) {
    const page = await listTasks(
      { ...filters, sort: "newest", cursor, limit: Math.min(limit, options.pageSize ?? limit) },
      options,
    );
    const { rows, older, now, unreadable } = page;
    limit -= rows.length;
    yield {
      rows,
      searchedTo: page.searchedTo ?? null,
      older,
      now,
      ...(unreadable ? { unreadable } : {}),
    };
    if (older === null || performance.now() > deadline) return;
    cursor = older;
  }
}
