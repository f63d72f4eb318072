import type { UnreadableQueue } from "@/lib/model/queue";
import "server-only";
import { sql } from "drizzle-orm";
import { number } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { EVERYTHING, uuidInstant, uuidMilliseconds } from "@/lib/model/key-range";
import type { Page } from "@/lib/model/page";
import type { TaskAddress, TaskSummary } from "@/lib/model/task";
import { mapInTurns } from "@/lib/model/work/turns";
import { pickQuery, type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { isKeySort } from "@/lib/search-params/tasks/sort";
import { toUnreadable, withQueues } from "./scope/registry";
import { pageByKey } from "./search/key-page";
import { pageByRank } from "./search/rank";
import { selectSummary, toSummaries, withColumns } from "./search/rows";
import { scanTasks, taskConditions } from "./search/scan";
import { type TaskSearch, toTaskSearch } from "./search/task-search";
import { findExtent, scanWindows } from "./search/windows";

/** How long a followed list may take, in milliseconds. Callers that need more continue at the last cursor. */
const LONGEST_FOLLOW = 300_000;

/** Budget of one step of a count, in milliseconds: a long snapshot would hold back vacuum. */
const COUNT_BUDGET = 700;

/**
 * One page of tasks of the named queues, or of all queues, in the order of `sort`: newest first by default, by id,
 * which is the order of creation. All filters apply together. Pages are keyset pages: tasks that arrive between
 * two pages neither repeat nor hide others. A search without an index stops after about a second and returns in
 * `searchedTo` how far it got; a ranking that leaves out older tasks returns in `rankedFrom` where it starts.
 *
 * @throws ProblemError `bad_request` for a foreign cursor, a redacted value or an order that these filters
 * exclude, and as `withQueues` does.
 */
export function listTasks(
  filters: TaskFilters,
  options: ReadOptions = {},
): Promise<Page<TaskSummary>> {
  return withQueues(filters.queue, options, async (scope) => {
    const { db, now, unreadable } = scope;
    const search = await toTaskSearch(scope, filters);
    const { rows, ...around } = isKeySort(search.sort)
      ? await pageByKey(db, search, options)
      : await pageByRank(db, search);
    return {
      ...around,
      rows: await withColumns(db, await toSummaries(db, rows, scope.queues), filters.columns),
      now,
      ...(unreadable.length > 0 ? { unreadable: unreadable.map(toUnreadable) } : {}),
    };
  });
}

/**
 * The named tasks as a list shows them, by queue; missing ones are left out.
 *
 * @throws as `withQueues` does.
 */
export function listSelectedTasks(
  selected: readonly { queue: string; taskId: Uuid }[],
  options: ReadOptions = {},
): Promise<{ rows: TaskSummary[]; now: Iso }> {
  const names = [...new Set(selected.map(({ queue }) => queue))];
  return withQueues(names, options, async ({ db, now, queues }) => {
    const rows: TaskSummary[] = [];
    for (const queue of names) {
      const tables = queueTables(queue);
      const ids = selected.flatMap((task) => (task.queue === queue ? task.taskId : []));
      const tasks = await db
        .select(selectSummary(queue, tables))
        .from(tables.tasks)
        .where(sql`${tables.tasks.taskId} = any(${sql.param(ids)}::uuid[])`);
      rows.push(...(await toSummaries(db, tasks, queues)));
    }
    return { rows, now };
  });
}

/**
 * The current rows of a list's tasks, in no particular order. Tasks of a queue that cannot be read are in neither
 * list.
 */
export type KnownTasks = {
  rows: TaskSummary[];
  /** Tasks that no longer match the filters, or no longer exist. */
  removed: TaskAddress[];
  now: Iso;
};

/**
 * The given tasks, with the columns of the filters, and which of them the filters now exclude. Takes two lookups
 * by primary key per task, for any filters.
 *
 * @throws as `listTasks` does.
 */
export function listKnownTasks(
  filters: TaskFilters,
  known: readonly TaskAddress[],
  options: ReadOptions = {},
): Promise<KnownTasks> {
  return withQueues([], options, async (scope) => {
    const { db, now } = scope;
    const search = await toTaskSearch(scope, { ...filters, sort: "newest", cursor: null });
    const exists = new Set(scope.queues.map((queue) => queue.name));
    const leftOut = new Set(scope.unreadable.map((queue) => queue.name));
    const byQueue = new Map<string, Uuid[]>();
    for (const { queue, taskId } of known)
      if (exists.has(queue)) byQueue.set(queue, [...(byQueue.get(queue) ?? []), taskId]);
    const scan = (part: Omit<TaskSearch, "queues" | "limit">) =>
      scanTasks(
        db,
        { ...part, queues: [...byQueue.keys()], limit: known.length },
        "walk",
        (queue) => ({
          ...part,
          queues: [queue],
          limit: known.length,
          ids: byQueue.get(queue) ?? [],
        }),
      );
    const found = await scan({ ...search, query: pickQuery(taskFilters()), range: EVERYTHING });
    const inQueues = filters.queue.length === 0 ? null : new Set(filters.queue);
    const isAllowed = search.ids && new Set(search.ids);
    const matching = new Set(
      (await scan(search))
        .filter(
          ({ queue, taskId }) => inQueues?.has(queue) !== false && isAllowed?.has(taskId) !== false,
        )
        .map(({ queue, taskId }) => `${queue}/${taskId}`),
    );
    return {
      rows: await withColumns(db, await toSummaries(db, found, scope.queues), filters.columns),
      removed: known
        .filter(({ queue, taskId }) => !leftOut.has(queue) && !matching.has(`${queue}/${taskId}`))
        .map(({ queue, taskId }) => ({ queue, taskId })),
      now,
    };
  });
}

/** The matches of one step, how far back it got, and where the next step starts. */
export type TaskStep = {
  rows: TaskSummary[];
  /** `null` when the page is full or the history ends. */
  searchedTo: Iso | null;
  older: string | null;
  now: Iso;
  unreadable?: UnreadableQueue[];
};

/**
 * Follows a list towards older tasks in steps of at most a second, each in its own snapshot, until it has `limit`
 * tasks, the history ends, or five minutes have passed. Memory doesn't grow with the rows read.
 *
 * @throws ProblemError as `listTasks` does.
 */
export async function* followTasks(
  filters: Omit<TaskFilters, "sort">,
  options: ReadOptions & { pageSize?: number } = {},
): AsyncGenerator<TaskStep> {
  const deadline = performance.now() + LONGEST_FOLLOW;
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

/** The number of matches so far. `searchedTo` is `null` once the count is complete. */
export type CountStep = {
  count: number;
  searchedTo: Iso | null;
  now: Iso;
  /** Queues that cannot be read and are not counted. */
  unreadable: UnreadableQueue[];
};

/**
 * Counts the matching tasks, newest first, and yields the count at least once a second until it is complete. Each
 * part is exact at the time it was read; the cursor of the filters is ignored.
 *
 * @throws ProblemError as `listTasks` does.
 */
export async function* countTasks(
  filters: Omit<TaskFilters, "sort">,
  options: ReadOptions = {},
): AsyncGenerator<CountStep> {
  let count = 0;
  let remaining: TaskSearch | undefined;
  /** The width of the last window, with which the next step begins. */
  let width: number | undefined;
  for (;;) {
    const step = await withQueues(filters.queue, options, async (scope) => {
      const { db, now, unreadable } = scope;
      const whole =
        remaining ?? (await toTaskSearch(scope, { ...filters, sort: "newest", cursor: null }));
      // A queue may have been dropped since the last step.
      const search = { ...whole, queues: scope.queues.map((queue) => queue.name) };
      let found = 0;
      const extent = await findExtent(db, { ...search, limit: 500 });
      const windows = {
        range: extent.range,
        width: width ?? extent.width,
        direction: search.direction,
        budget: COUNT_BUDGET,
      };
      const rest = await scanWindows(db, windows, options, async (range) => {
        width = uuidMilliseconds(range.to) - uuidMilliseconds(range.from);
        found += await countRange(db, { ...search, range });
        return "more";
      });
      return { search, found, rest, now, unreadable: unreadable.map(toUnreadable) };
    });
    count += step.found;
    const { search, rest, now, unreadable } = step;
    yield { count, searchedTo: rest && uuidInstant(rest.to), now, unreadable };
    if (!rest) return;
    remaining = { ...search, range: rest };
  }
}

async function countRange(db: Database, search: TaskSearch): Promise<number> {
  if (search.queues.length === 0) return 0;
  const arms = await mapInTurns(search.queues, (queue) => {
    const tables = queueTables(queue);
    return sql`(select from ${tables.tasks} where ${taskConditions(tables, search)})`;
  });
  const [row] = await query(
    db,
    { tasks: number },
    sql`select count(*)::float8 as tasks from (${sql.join(arms, sql` union all `)}) as matches`,
  );
  return row?.tasks ?? 0;
}
