import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { QueueList } from "@/lib/model/queue";
import { serializeTenants } from "@/lib/search-params/tenants";
import { fetchJson } from "./api";

/** All queues with their counts, for some tenants or all. */
export function queuesQuery(tenant: readonly string[] = []) {
  return queryOptions({
    queryKey: ["queues", { tenant }],
    queryFn: ({ signal }) =>
      fetchJson<QueueList>(`/api/queues${serializeTenants({ tenant: [...tenant] })}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}
