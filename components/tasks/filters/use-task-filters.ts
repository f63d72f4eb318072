"use client";
import { useQueryStates } from "nuqs";
import { useCallback } from "react";
import {
  pickQuery,
  type TaskFilters,
  taskFilters,
  tasksSearchParams,
} from "@/lib/search-params/tasks/filters";
import { listWords } from "@/lib/search-params/tasks/query";

/** The list's filters, from the URL. The list of one queue is limited to that queue, whatever the URL has. */
export function useTaskFilters(queue: string | undefined) {
  const [inUrl, setInUrl] = useQueryStates(tasksSearchParams, { history: "push" });
  const filters = queue === undefined ? inUrl : { ...inUrl, queue: [queue] };
  const narrow = useCallback(
    (change: Partial<TaskFilters>) => setInUrl({ cursor: null, ...change }),
    [setInUrl],
  );
  return {
    filters,
    /** Changes filters and returns to the first page. */
    narrow,
    /** Goes to the page of a cursor; `null` is the first page. */
    turnTo: (cursor: string | null) => setInUrl({ cursor }),
    /** Changes the JSON columns and stays on the page. */
    showColumns: (columns: TaskFilters["columns"]) => setInUrl({ columns }),
    clear: () => setInUrl({ ...taskFilters(), limit: inUrl.limit, columns: inUrl.columns }),
  };
}

/** Whether any filter but the list's own queue is set. */
export function isFiltered(filters: TaskFilters, queue: string | undefined): boolean {
  const query = pickQuery(queue === undefined ? filters : { ...filters, queue: [] });
  return Boolean(listWords(query).length || filters.after || filters.before || filters.range);
}
