import { queryOptions } from "@tanstack/react-query";
import { databasePrefix } from "@/lib/base-path";
import type { Summary } from "@/lib/live/summary";
import type { FindResult } from "@/lib/model/rows/found";
import { fetchJson } from "./api";

/** What needs attention in a database: one of several, or by default the page's. */
export function summaryQuery(database?: string) {
  const prefix = database === undefined ? "" : databasePrefix(database);
  return queryOptions({
    queryKey: ["summary", database ?? null],
    queryFn: ({ signal }) => fetchJson<Summary>(`${prefix}/api/summary`, signal),
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
