import type { Queryable } from "@/lib/absurd/connection/queryable";
import { listSelectedTasks, listTasks } from "@/lib/analytics/tasks";
import type { ReadOptions } from "@/lib/db/snapshot";
import { narrowTenants } from "@/lib/db/tenants";
import type { Count } from "@/lib/model/count";
import type { Iso } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import { describeUnreadable } from "@/lib/model/queue";
import type { BulkAction } from "@/lib/model/rows/bulk";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { whyNotEligible } from "./eligibility";
import { type BulkJob, beginCollecting, stopCollecting, storePage } from "./job";
import { parseFilters, type TaskAddress } from "./selection";

/** Tasks per page. */
const PAGE_SIZE = 1_000;

/** How long a preview counts before its numbers become "at least", in milliseconds. */
const PREVIEW_BUDGET_MS = 4_000;

/** The maximum number of tasks that a preview counts, rounded up to a page. */
const MAX_PREVIEWED = 50_000;

/** A page of a selection. `next` is the cursor of the following page; `null` at the end. */
type TaskPage = { rows: TaskSummary[]; next: string | null; now: Iso };

/** The effect of an action on a selection in its current state. */
export type BulkPreview = {
  eligible: Count;
  /** Why the others would be skipped, most frequent reason first. */
  ineligible: { reason: string; count: number }[];
  /** Queues of the eligible tasks, most tasks first. */
  queues: { name: string; count: number }[];
  /** The newest eligible tasks. */
  sample: Pick<TaskSummary, "queue" | "taskId" | "name" | "state">[];
  /** All eligible tasks, if there are at most `MAX_LISTED` and all were counted; else `null`. */
  tasks: TaskAddress[] | null;
};

/** The maximum number of tasks that a browser receives and sends back by address. */
export const MAX_LISTED = 1_000;

/**
 * Counts the tasks of a selection that an action would change or skip, without changing anything. Numbers are exact
 * unless the selection was too large or too slow to search; then they are `capped`.
 *
 * @throws ProblemError as the task list does.
 */
export async function previewBulk(
  action: BulkAction,
  selection: { ids: TaskAddress[] } | { filters: TaskFilters },
  options: ReadOptions = {},
): Promise<BulkPreview> {
  const deadline = performance.now() + PREVIEW_BUDGET_MS;
  const reasons = new Map<string, number>();
  const queues = new Map<string, number>();
  const sample: BulkPreview["sample"] = [];
  const tasks: TaskAddress[] = [];
  let eligible = 0;
  let seen = 0;
  let cursor: string | null = null;
  do {
    const page: TaskPage =
      "ids" in selection
        ? toNewestFirst(await listSelectedTasks(selection.ids, options))
        : await listMatchingTasks(selection.filters, cursor, options);
    for (const task of page.rows) {
      const reason = whyNotEligible(action, task, page.now);
      if (reason !== null) {
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        continue;
      }
      eligible++;
      queues.set(task.queue, (queues.get(task.queue) ?? 0) + 1);
      if (eligible <= 5) sample.push(summarize(task));
      if (eligible <= MAX_LISTED) tasks.push({ queue: task.queue, taskId: task.taskId });
    }
    seen += page.rows.length;
    cursor = page.next;
  } while (cursor !== null && seen < MAX_PREVIEWED && performance.now() < deadline);
  const missing = "ids" in selection ? selection.ids.length - seen : 0;
  if (missing > 0) reasons.set("no longer exists", missing);
  return {
    eligible: { value: eligible, precision: cursor === null ? "exact" : "capped" },
    ineligible: [...reasons]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count),
    queues: [...queues].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
    sample,
    tasks: cursor === null && eligible <= MAX_LISTED ? tasks : null,
  };
}

/** Selected tasks come in no particular order; ids sort by time, as in the task list. */
function toNewestFirst({ rows, now }: Omit<TaskPage, "next">): TaskPage {
  return { rows: rows.toSorted((a, b) => (a.taskId < b.taskId ? 1 : -1)), next: null, now };
}

const summarize = ({ queue, taskId, name, state }: TaskSummary) => ({ queue, taskId, name, state });

/**
 * Collects the next page of tasks of an operation with filters, unless another runner is doing that now. After the
 * last page the operation is `running`; it ends as `failed`, with no task changed, as soon as it has more tasks
 * than were confirmed.
 *
 * @throws ProblemError `bad_request` for stored filters of another version, and the errors of the task list.
 */
export async function collectNext(db: Queryable, job: BulkJob): Promise<void> {
  const filters = parseFilters(job.filters ?? "");
  if (!filters)
    throw new ProblemError({
      code: "bad_request",
      message: "The stored filters were written by an incompatible version of the dashboard.",
    });
  if (!(await beginCollecting(db, job.bulkId))) return;
  try {
    const { rows, next, now } = await listTasksToCollect(filters, job);
    const eligible = rows.filter((task) => whyNotEligible(job.action, task, now) === null);
    await storePage(db, job, eligible, next);
  } catch (error) {
    // If this fails too, the turn expires.
    await stopCollecting(db, job.bulkId).catch(() => undefined);
    throw error;
  }
}

/** An unrestricted dashboard, too, collects only tasks of the tenants that the operation was started for. */
async function listTasksToCollect(
  filters: TaskFilters,
  { cursor, tenants }: BulkJob,
): Promise<TaskPage> {
  const tenant = narrowTenants(tenants, filters.tenant);
  // As a filter, an empty list of tenants means all.
  if (tenant?.length === 0) return { rows: [], next: null, now: "" };
  return listMatchingTasks({ ...filters, tenant: [...(tenant ?? [])] }, cursor);
}

/**
 * A page of the matching tasks, newest first. A search without an index may return no rows but a `next`.
 *
 * @throws ProblemError as `listTasks` does, and `forbidden` if all queues are selected and some cannot be read:
 * omitting them silently would make the selection incomplete.
 */
async function listMatchingTasks(
  filters: TaskFilters,
  cursor: string | null,
  options: ReadOptions = {},
): Promise<TaskPage> {
  const page = await listTasks({ ...filters, sort: "newest", cursor, limit: PAGE_SIZE }, options);
  if (page.unreadable)
    throw new ProblemError({
      code: "forbidden",
      message: `The dashboard cannot read ${describeUnreadable(page.unreadable)}, so tasks there would be left out. Name the queues to act on.`,
    });
  return { rows: page.rows, next: page.older, now: page.now };
}
