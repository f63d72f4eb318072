import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { listTasks } from "./tasks";

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
 * @throws ReadError what `listTasks` throws.
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
