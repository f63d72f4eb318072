import { queryOptions } from "@tanstack/react-query";
import type { AccessOverview } from "@/lib/model/access";
import { fetchJson } from "./api";

/** Who the person is, their sessions, and for those who manage access the tokens and people. */
export function accessQuery() {
  return queryOptions({
    queryKey: ["access"],
    queryFn: ({ signal }) => fetchJson<AccessOverview>("/api/access", signal),
    staleTime: 1_000,
  });
}
