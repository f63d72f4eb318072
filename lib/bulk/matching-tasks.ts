import { listSelectedTasks, listTasks } from "@/lib/analytics/tasks";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import type { TaskAddress } from "./selection";

/** Tasks read at a time. */
const PAGE = 1_000;

/** Some tasks of a selection. `next` is where to go on; `null` at the end. */
export type Batch = { rows: TaskSummary[]; next: string | null; now: Iso };

/**
 * The tasks that match, newest first, from a cursor on. A search without an index may answer none and still have a
 * `next`. @throws ProblemError as `listTasks` does, and `forbidden` when all queues are meant and some cannot be read:
 * leaving them out in silence would make "all" a lie.
 */
export async function readMatching(
  filters: TaskFilters,
  cursor: string | null,
  options: ReadOptions = {},
): Promise<Batch> {
  const page = await listTasks({ ...filters, sort: "newest", cursor, limit: PAGE }, options);
  if (page.unreadable)
    throw new ProblemError({
      code: "forbidden",
      message: `The dashboard cannot read ${page.unreadable.join(", ")}, so tasks there would be left out. Name the queues to act on.`,
    });
  return { rows: page.rows, next: page.older, now: page.now };
}

/** The named tasks that are still there. @throws ProblemError as `listSelectedTasks` does. */
export async function readSelected(ids: TaskAddress[], options: ReadOptions = {}): Promise<Batch> {
  return { ...(await listSelectedTasks(ids, options)), next: null };
}
