import { queryOptions } from "@tanstack/react-query";
import type { Health } from "@/lib/model/health";

/**
 * Whether the dashboard and its database can be used. A lost database is an answer of this query, not an error of it.
 */
export function healthQuery() {
  return queryOptions({
    queryKey: ["health"],
    queryFn: async ({ signal }): Promise<Health> => {
      const response = await fetch("/api/health", { signal });
      return (await response.json()) as Health;
    },
    staleTime: 1_000,
  });
}
