import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { FailedTasks, FailureList } from "@/lib/analytics/failures";
import type { TopFailures } from "@/lib/live/readings";
import {
  type FailureFilters,
  failureFilters,
  serializeFailureFilters,
  serializeFigureFilters,
} from "@/lib/search-params/windows";
import { fetchJson } from "./api";

/** Error groups. */
export function failuresQuery(filters: Partial<FailureFilters> = {}) {
  const complete = failureFilters(filters);
  return queryOptions({
    queryKey: ["failures", complete],
    queryFn: ({ signal }) =>
      fetchJson<FailureList>(`/api/failures${serializeFailureFilters(complete)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}

/** The largest error groups, for the overview. */
export function topFailuresQuery({ range, tenant }: Pick<FailureFilters, "range" | "tenant">) {
  const filters = failureFilters({ range, tenant });
  return queryOptions({
    queryKey: ["failures", "top", filters],
    queryFn: ({ signal }) =>
      fetchJson<TopFailures>(
        `/api/overview/failures${serializeFigureFilters({ range, tenant })}`,
        signal,
      ),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}

/** Failed tasks of an error group. */
export function failedTasksQuery(group: string, filters: FailureFilters) {
  const path = `/api/failures/${encodeURIComponent(group)}/tasks`;
  return queryOptions({
    queryKey: ["failures", "tasks", group, filters],
    queryFn: ({ signal }) =>
      fetchJson<FailedTasks>(`${path}${serializeFailureFilters(filters)}`, signal),
    staleTime: 0,
    gcTime: 0,
  });
}
