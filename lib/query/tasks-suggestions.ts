import { type QueryKey, queryOptions } from "@tanstack/react-query";
import type { TaskSuggestions } from "@/lib/analytics/task-suggestions";
import { parseAsList } from "@/lib/search-params/parsers";
import { fetchJson } from "./api";

/** Names, workers, tenants and paths to suggest in the search of these queues, or of all. */
export function taskSuggestionsQuery(queue: string[]) {
  const queryKey: QueryKey = ["task-suggestions", queue];
  const [list] = parseAsList.serialize(queue);
  const search = list === undefined ? "" : `?${new URLSearchParams({ queue: list })}`;
  return queryOptions({
    queryKey,
    queryFn: ({ signal }) => fetchJson<TaskSuggestions>(`/api/tasks/suggestions${search}`, signal),
    staleTime: 30_000,
  });
}
