import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { KnownTasks } from "@/lib/analytics/tasks";
import type { Page } from "@/lib/model/page";
import type { TaskAddress, TaskSummary } from "@/lib/model/task";
import {
  serializeTaskFilters,
  type TaskFilters,
  taskFilters,
} from "@/lib/search-params/tasks/filters";
import { serializeKnownTasks } from "@/lib/search-params/tasks/known";
import { fetchJson } from "./api";

/** The rows that a list shows, as they are now; fetched when the list requests it. */
export function knownTasksQuery(filters: TaskFilters, rows: readonly TaskAddress[]) {
  const address = serializeKnownTasks({
    ...filters,
    cursor: null,
    limit: null,
    sort: null,
    rows: rows.map(({ queue, taskId }) => ({ queue, taskId })),
  });
  return queryOptions({
    queryKey: ["tasks", "rows", address],
    queryFn: ({ signal }) => fetchJson<KnownTasks>(`/api/tasks/rows${address}`, signal),
    gcTime: 0,
    staleTime: 0,
    meta: { queues: filters.queue },
  });
}

/** One page of a task list. */
export function tasksQuery(filters: Partial<TaskFilters> = {}) {
  const complete = taskFilters(filters);
  return queryOptions({
    queryKey: ["tasks", complete],
    queryFn: ({ signal }) =>
      fetchJson<Page<TaskSummary>>(`/api/tasks${serializeTaskFilters(complete)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
    meta: { queues: complete.queue },
  });
}
