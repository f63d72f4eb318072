import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { isKeySort } from "@/lib/search-params/tasks-sort";
import { sortProblem } from "@/lib/search-params/tasks-sort-problem";
import { ReadError } from "./errors";
import { readQueues } from "./registry";
import { withColumns } from "./task-columns";
import { pageByKey } from "./task-key-page";
import { pageByRank } from "./task-rank-page";
import { withLastRuns } from "./task-rows";
import { toSearch } from "./task-scope";

/**
 * One page of tasks of the named queues, or of all of them, in the order of `sort`: newest first by id, which is the order
 * of creation, unless another one is asked for. Every filter holds at once. Pages are keyset pages: tasks that arrive
 * meanwhile neither repeat nor hide others. A search that no index serves stops after about a second and says in
 * `searchedTo` how far it got; a ranking over more tasks than it looks at says in `rankedFrom` where they begin.
 *
 * @throws ReadError `bad_request` for a foreign cursor or an order that these filters cannot be in, and what
 *   `readQueues` throws.
 */
export async function listTasks(
  filters: TaskFilters,
  options: ReadOptions = {},
): Promise<Page<TaskSummary>> {
  const problem = sortProblem(filters);
  if (problem) throw new ReadError("bad_request", problem.message, problem.hint);
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
