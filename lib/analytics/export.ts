import { describeUnreadable } from "@/lib/model/queue";
import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import { ProblemError } from "@/lib/model/problem";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { followTasks } from "./tasks";

/** Number of tasks held in memory at a time. */
const PAGE = 500;

/**
 * The newest `limit` matching tasks, page by page along the key, each page in its own snapshot. A page may be
 * empty: rare matches are searched step by step.
 *
 * @throws ProblemError `timed_out` if five minutes were not enough, and as `listTasks` does.
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
