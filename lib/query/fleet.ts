import { queryOptions } from "@tanstack/react-query";
import { databasePrefix } from "@/lib/base-path";
import type { Summary } from "@/lib/live/summary";
import type { FindResult } from "@/lib/model/rows/found";
import { fetchJson } from "./api";

/** What needs attention in one of several databases. */
export function summaryQuery(database: string) {
  return queryOptions({
    queryKey: ["summary", database],
    queryFn: ({ signal }) => fetchJson<Summary>(`${databasePrefix(database)}/api/summary`, signal),
  });
}

/** Where an id is in one of several databases. */
export function findInDatabaseQuery(database: string, id: string) {
  return queryOptions({
    queryKey: ["find", database, id],
    queryFn: ({ signal }) =>
      fetchJson<FindResult>(
        `${databasePrefix(database)}/api/find?id=${encodeURIComponent(id)}`,
        signal,
      ),
    meta: { onDemand: true },
  });
}
