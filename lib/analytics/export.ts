import { describeUnreadable } from "@/lib/model/queue";
import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import { ProblemError } from "@/lib/model/problem";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { followTasks } from "./tasks";

/** Tasks that are held in memory at a time. */
const PAGE = 500;

/**
 * The newest `limit` tasks that match, page by page along the key, each page in a snapshot of its own. A page may be
 * empty: rare matches are searched step by step.
 *
 * @throws ProblemError `timed_out` when five minutes were not enough, and what `listTasks` throws.
 */
export async function* exportTasks(
  filters: Omit<TaskFilters, "sort">,
  options: ReadOptions = {},
): AsyncGenerator<TaskSummary[]> {
  let left = filters.limit;
  let more = false;
  for await (const step of followTasks(filters, { ...options, pageSize: PAGE })) {
    if (step.unreadable)
      throw new ProblemError({
        code: "forbidden",
        message: `Not readable: ${describeUnreadable(step.unreadable)}.`,
        hint: "Name the queues to export.",
      });
    left -= step.rows.length;
    more = step.older !== null;
    yield step.rows;
  }
  if (more && left > 0)
    throw new ProblemError({
      code: "timed_out",
      message: "The export took too long.",
      hint: "Narrow it by time or queue.",
    });
}
