"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useQueues } from "@/components/queues/use-queues";
import { taskSuggestionsQuery } from "@/lib/query/tasks-suggestions";
import type { SearchLanguage } from "./search-language";

/** The language of the box is fetched when it is first used: a list that is only read does without. */
export const loadLanguage = (): Promise<SearchLanguage> =>
  import("./search-language").then((m) => m.SEARCH_LANGUAGE);

/** What a typed text may become, from what is in these queues. Nothing is read before the box is used. */
export function useSuggestions(text: string, queue: string[], enabled: boolean) {
  const { data: known } = useQuery({ ...taskSuggestionsQuery(queue), enabled, retry: false });
  const queues = useQueues().data?.queues.map(({ name }) => name) ?? [];
  const [language, setLanguage] = useState<SearchLanguage>();
  useEffect(() => {
    // Without it there are no suggestions; Enter tries again and tells.
    if (enabled) loadLanguage().then(setLanguage, () => undefined);
  }, [enabled]);
  return {
    language,
    suggestions: language?.suggest(text, known, queues) ?? [],
    isName: (word: string) => known?.names.includes(word) ?? false,
  };
}
