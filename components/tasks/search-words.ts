import { queryOf, type TaskFilters } from "@/lib/search-params/tasks";
import { parseTaskQuery, type QueryProblem } from "@/lib/search-params/tasks-query";
import { mergeQueries, withoutWord, wordsOf } from "@/lib/search-params/tasks-words";

/** What a typed text asks for, or why it cannot be understood. */
export type Understood =
  | { filters: Partial<TaskFilters> }
  | { openId: string }
  | { problem: QueryProblem };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a whole id, or words of the query language, which are added to the filters there are. */
export function understand(
  text: string,
  filters: TaskFilters,
  isName: (word: string) => boolean,
): Understood {
  const typed = text.trim();
  if (UUID.test(typed)) return { openId: typed.toLowerCase() };
  const { query, problems } = parseTaskQuery(text, isName);
  const [problem] = problems;
  return problem ? { problem } : { filters: mergeQueries(queryOf(filters), query) };
}

export type Chip = { text: string; key: string; value: string; without: Partial<TaskFilters> };

/** The filters as the chips a reader can remove: what each says, and what remains without it. */
export function chipsOf(filters: TaskFilters): Chip[] {
  const query = queryOf(filters);
  return wordsOf(query).map((word) => {
    const [, key = "", value = ""] =
      /^((?:"(?:[^"\\]|\\.)*"|[^:<>])*[:<>]=?)(.*)$/s.exec(word.text) ?? [];
    return { text: word.text, key, value, without: withoutWord(query, word) };
  });
}
