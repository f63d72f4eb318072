import type { BulkAction } from "@/lib/model/bulk";
import type { Count } from "@/lib/model/count";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { whyNotEligible } from "./eligibility";
import { type Batch, readMatching, readSelected } from "./matching-tasks";
import type { TaskAddress } from "./selection";

/** How long a preview counts before it says "at least", in milliseconds. */
const BUDGET = 4_000;

/** The most tasks a preview counts. */
const MOST = 50_000;

/** What an action would do to a selection, as its tasks are now. */
export type BulkPreview = {
  eligible: Count;
  /** Why the others would be left alone, most frequent reason first. */
  ineligible: { reason: string; count: number }[];
  /** The newest of those it would act on. */
  sample: Pick<TaskSummary, "queue" | "taskId" | "name" | "state">[];
};

/**
 * Looks at the tasks of a selection without changing anything. Numbers are exact unless the selection is so large, or
 * so slow to search, that counting stopped; then they are `capped`.
 *
 * @throws ProblemError as the task list does.
 */
export async function previewBulk(
  action: BulkAction,
  selection: { ids: TaskAddress[] } | { filters: TaskFilters },
): Promise<BulkPreview> {
  const deadline = performance.now() + BUDGET;
  const reasons = new Map<string, number>();
  const sample: BulkPreview["sample"] = [];
  let eligible = 0;
  let seen = 0;
  let cursor: string | null = null;
  do {
    const batch: Batch =
      "ids" in selection
        ? await readSelected(selection.ids)
        : await readMatching(selection.filters, cursor);
    for (const task of batch.rows) {
      const reason = whyNotEligible(action, task, batch.now);
      if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      else if (++eligible <= 5) sample.push(briefly(task));
    }
    seen += batch.rows.length;
    cursor = batch.next;
  } while (cursor !== null && seen < MOST && performance.now() < deadline);
  const gone = "ids" in selection ? selection.ids.length - seen : 0;
  if (gone > 0) reasons.set("not there any more", gone);
  return {
    eligible: { value: eligible, precision: cursor === null ? "exact" : "capped" },
    ineligible: [...reasons]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count),
    sample,
  };
}

const briefly = ({ queue, taskId, name, state }: TaskSummary) => ({ queue, taskId, name, state });
