import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { QueueList } from "@/lib/analytics/types";
import { fetchJson } from "./api";

/** All queues with their counts. */
export function queuesQuery() {
  return queryOptions({
    queryKey: ["queues"],
    queryFn: ({ signal }) => fetchJson<QueueList>("/api/queues", signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}
