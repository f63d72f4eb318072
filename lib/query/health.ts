import { queryOptions } from "@tanstack/react-query";
import { withBase } from "@/lib/base-path";
import type { Health } from "@/lib/model/health";

/** Health of the dashboard and its database. An unavailable database is a result and not an error. */
export function healthQuery() {
  return queryOptions({
    queryKey: ["health"],
    queryFn: async ({ signal }): Promise<Health> => {
      const response = await fetch(withBase("/api/health"), { signal });
      return (await response.json()) as Health;
    },
    staleTime: 1_000,
  });
}
