import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { WorkerList } from "@/lib/analytics/workers";
import { serializeWindow, type Window } from "@/lib/search-params/windows";
import { fetchJson } from "./api";

/** Who works, and on what. */
export function workersQuery(range: Window) {
  return queryOptions({
    queryKey: ["workers", range],
    queryFn: ({ signal }) =>
      fetchJson<WorkerList>(`/api/workers${serializeWindow({ range })}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}
