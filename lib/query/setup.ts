import { queryOptions } from "@tanstack/react-query";
import type { Setup } from "@/lib/model/rows/setup";
import { fetchJson } from "./api";

/** How far the database is set up to run tasks. */
export function setupQuery() {
  return queryOptions({
    queryKey: ["setup"],
    queryFn: ({ signal }) => fetchJson<Setup>("/api/setup", signal),
    staleTime: 500,
  });
}
