import { queryOptions } from "@tanstack/react-query";
import { withDatabase } from "@/lib/base-path";
import { type ProblemBody, ProblemError } from "@/lib/model/problem";
import type { Health } from "@/lib/model/rows/health";

/** Health of the dashboard and its database. An unavailable database is a result and not an error. */
export function healthQuery() {
  return queryOptions({
    queryKey: ["health"],
    queryFn: async ({ signal }): Promise<Health> => {
      // biome-ignore lint/style/noRestrictedGlobals: has its base path; an unhealthy response is a result here
      const response = await fetch(withDatabase("/api/health"), { signal });
      const body = (await response.json()) as Health | ProblemBody;
      if ("error" in body) throw new ProblemError(body.error);
      return body;
    },
    staleTime: 1_000,
    meta: { onDemand: true },
  });
}
