import { queryOptions } from "@tanstack/react-query";
import type { Uuid } from "@/lib/absurd/types";
import type { Found } from "@/lib/analytics/types";
import { fetchJson } from "./api";

/** Where a task or run id lives, over all queues. */
export function findQuery(id: Uuid) {
  return queryOptions({
    queryKey: ["find", id],
    queryFn: ({ signal }) =>
      fetchJson<{ found: Found[] }>(`/api/find?id=${encodeURIComponent(id)}`, signal),
    staleTime: 10_000,
  });
}
