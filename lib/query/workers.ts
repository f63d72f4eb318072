import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { WorkerList } from "@/lib/analytics/workers";
import { type FigureFilters, serializeFigureFilters } from "@/lib/search-params/windows";
import { fetchJson } from "./api";

/** Workers and the runs they hold. */
export function workersQuery(filters: FigureFilters) {
  return queryOptions({
    queryKey: ["workers", filters],
    queryFn: ({ signal }) =>
      fetchJson<WorkerList>(`/api/workers${serializeFigureFilters(filters)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}
