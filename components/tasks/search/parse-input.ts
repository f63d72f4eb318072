import { isUuid } from "@/lib/model/ids";
import { queryOf, type TaskFilters } from "@/lib/search-params/tasks";
import { mergeQueries } from "@/lib/search-params/tasks-merge";
import { parseTaskQuery, type QueryProblem } from "@/lib/search-params/tasks-query";

/** What a typed text asks for, or why it cannot be understood. */
export type Understood =
  | { filters: Partial<TaskFilters> }
  | { openId: string }
  | { problem: QueryProblem };

/** Reads a whole id, or words of the query language, which are added to the filters there are. */
export function understand(
  text: string,
  filters: TaskFilters,
  isName: (word: string) => boolean,
): Understood {
  const typed = text.trim();
  if (isUuid(typed)) return { openId: typed.toLowerCase() };
  const { query, problems } = parseTaskQuery(text, isName);
  const [problem] = problems;
  return problem ? { problem } : { filters: mergeQueries(queryOf(filters), query) };
}
