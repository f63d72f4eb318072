"use client";
import { useQueryStates } from "nuqs";
import { useCallback } from "react";
import { showToast } from "@/components/ui/overlay/toast";
import {
  pickQuery,
  type TaskFilters,
  taskFilters,
  tasksSearchParams,
} from "@/lib/search-params/tasks/filters";
import { listWords } from "@/lib/search-params/tasks/query";
import { findSortProblem, type SortProblem } from "@/lib/search-params/tasks/sort";

/** The list's filters from the URL. The list of one queue ignores the queue in the URL. */
export function useTaskFilters(queue: string | undefined) {
  const [inUrl, setInUrl] = useQueryStates(tasksSearchParams, { history: "push" });
  const filters = queue === undefined ? inUrl : { ...inUrl, queue: [queue] };
  const narrow = useCallback(
    (change: Partial<TaskFilters>) => setInUrl({ cursor: null, ...change }),
    [setInUrl],
  );
  /** If the order needs a filter, the filter is added and a notice names it. */
  const sortBy = (change: Pick<TaskFilters, "sort">) => {
    const problem = findSortProblem({ ...filters, ...change });
    if (problem) showToast({ title: describeChange(problem.change), text: problem.message });
    return narrow({ ...change, ...problem?.change });
  };
  return {
    filters,
    /** Changes filters and returns to the first page. */
    narrow,
    sortBy,
    /** Opens the page at a cursor; `null` is the first page. */
    turnTo: (cursor: string | null) => setInUrl({ cursor }),
    /** Changes the JSON columns without leaving the page. */
    showColumns: (columns: TaskFilters["columns"]) => setInUrl({ columns }),
    clear: () => setInUrl({ ...taskFilters(), limit: inUrl.limit, columns: inUrl.columns }),
  };
}

function describeChange(change: SortProblem["change"]): string {
  return "range" in change
    ? `Limited to the last ${change.range.replace("h", " h")}`
    : `Limited to ${change.state.join(", ")} tasks`;
}

/** Whether any filter other than the list's own queue is set. */
export function isFiltered(filters: TaskFilters, queue: string | undefined): boolean {
  const query = pickQuery(queue === undefined ? filters : { ...filters, queue: [] });
  return Boolean(listWords(query).length || filters.after || filters.before || filters.range);
}
