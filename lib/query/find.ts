import { queryOptions } from "@tanstack/react-query";
import type { FindResult } from "@/lib/model/rows/found";
import { fetchJson } from "./api";

/** Finds a task, run or workflow run by id, or by a shortened id, in all queues. */
export function findQuery(id: string) {
  return queryOptions({
    queryKey: ["find", id],
    queryFn: ({ signal }) =>
      fetchJson<FindResult>(`/api/find?id=${encodeURIComponent(id)}`, signal),
    staleTime: 10_000,
    meta: { onDemand: true },
  });
}
