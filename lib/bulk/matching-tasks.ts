import { listSelectedTasks } from "@/lib/analytics/selected-tasks";
import { listTasks } from "@/lib/analytics/tasks";
import type { Iso, TaskSummary } from "@/lib/analytics/types";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { TaskFilters } from "@/lib/search-params/tasks";
import type { TaskAddress } from "./selection";

/** Tasks read at a time. */
const PAGE = 1_000;

/** Some tasks of a selection. `next` is where to go on; `null` at the end. */
export type Batch = { rows: TaskSummary[]; next: string | null; now: Iso };

/**
 * The tasks that match, newest first, from a cursor on. A search without an index may answer none and still have a
 * `next`. @throws ReadError as `listTasks` does.
 */
export async function readMatching(
  filters: TaskFilters,
  cursor: string | null,
  options: ReadOptions = {},
): Promise<Batch> {
  const page = await listTasks({ ...filters, cursor, limit: PAGE }, options);
  return { rows: page.rows, next: page.older, now: page.now };
}

/** The named tasks that are still there. @throws ReadError as `listSelectedTasks` does. */
export async function readSelected(ids: TaskAddress[], options: ReadOptions = {}): Promise<Batch> {
  return { ...(await listSelectedTasks(ids, options)), next: null };
}
