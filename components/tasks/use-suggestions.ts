"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueues } from "@/components/queues/use-queues";
import { taskSuggestionsQuery } from "@/lib/query/tasks-stream";
import { suggest } from "./search-suggest";

/** What a typed text may become, from what is in these queues. Nothing is read before the box is used. */
export function useSuggestions(text: string, queue: string[], enabled: boolean) {
  const { data: known } = useQuery({ ...taskSuggestionsQuery(queue), enabled, retry: false });
  const queues = useQueues().data?.queues.map(({ name }) => name) ?? [];
  return {
    suggestions: suggest(text, known, queues),
    isName: (word: string) => known?.names.includes(word) ?? false,
  };
}
