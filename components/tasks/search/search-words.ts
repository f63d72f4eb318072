import { queryOf, type TaskFilters } from "@/lib/search-params/tasks";
import { withoutWord, wordsOf } from "@/lib/search-params/tasks-words";

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
