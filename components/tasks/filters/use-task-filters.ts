"use client";
import { useCallback } from "react";
import { useUrlState } from "@/components/layout/use-url-state";
import {
  queryOf,
  type TaskFilters,
  taskFilters,
  tasksSearchParams,
} from "@/lib/search-params/tasks";
import { wordsOf } from "@/lib/search-params/tasks-words";

/** The filters of the list in the address. A list inside a queue has that queue fixed, whatever the address says. */
export function useTaskFilters(queue: string | undefined) {
  const [inUrl, setInUrl] = useUrlState(tasksSearchParams, { history: "push" });
  const filters = queue === undefined ? inUrl : { ...inUrl, queue: [queue] };
  const narrow = useCallback(
    (change: Partial<TaskFilters>) => setInUrl({ cursor: null, ...change }),
    [setInUrl],
  );
  return {
    filters,
    /** Changes filters and goes back to the newest page. */
    narrow,
    /** Goes to a neighbouring page. */
    turnTo: (cursor: string | null) => setInUrl({ cursor }),
    /** Shows other values beside the tasks; the page stays. */
    showColumns: (columns: TaskFilters["columns"]) => setInUrl({ columns }),
    clear: () => setInUrl({ ...taskFilters(), limit: inUrl.limit, columns: inUrl.columns }),
  };
}

/** Whether the list is narrowed by more than the queue it belongs to. */
export function isFiltered(filters: TaskFilters, queue: string | undefined): boolean {
  const query = queryOf(queue === undefined ? filters : { ...filters, queue: [] });
  return Boolean(wordsOf(query).length || filters.after || filters.before || filters.range);
}
