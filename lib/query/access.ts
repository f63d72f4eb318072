import { queryOptions } from "@tanstack/react-query";
import type { AccessOverview } from "@/lib/model/access";
import { fetchJson } from "./api";

/** The person's access and sessions; for those who manage access, also tokens and people. */
export function accessQuery() {
  return queryOptions({
    queryKey: ["access"],
    queryFn: ({ signal }) => fetchJson<AccessOverview>("/api/access", signal),
    staleTime: 1_000,
  });
}
