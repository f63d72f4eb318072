import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import {
  serializeTaskFilters,
  type TaskFilters,
  taskFilters,
} from "@/lib/search-params/tasks/filters";
import { fetchJson } from "./api";

/** One page of a task list. */
export function tasksQuery(filters: Partial<TaskFilters> = {}) {
  const complete = taskFilters(filters);
  return queryOptions({
    queryKey: ["tasks", complete],
    queryFn: ({ signal }) =>
      fetchJson<Page<TaskSummary>>(`/api/tasks${serializeTaskFilters(complete)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}
