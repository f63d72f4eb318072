"use client";
import { useEffect, useRef, useState } from "react";
import type { TaskStep } from "@/lib/analytics/task-following";
import type { Page, TaskSummary } from "@/lib/analytics/types";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks";

type Found = Pick<TaskStep, "searchedTo" | "older"> & { key: string; rows: TaskSummary[] };

export type SearchOn = {
  /** What was found beyond the page, newest first. */
  rows: TaskSummary[];
  searchedTo: string | null;
  older: string | null;
  status: "running" | "stopped" | "done";
  problem: string | null;
  stop: () => void;
  goOn: () => void;
};

/**
 * Goes on where a page ran out of time, until it is full or the history at its end. `null` for a page that is complete, or
 * that was read from the old to the new.
 */
export function useSearchOn(
  filters: TaskFilters,
  page: Page<TaskSummary> | undefined,
): SearchOn | null {
  const downwards = filters.sort === "newest" && !filters.cursor?.startsWith("n.");
  const start = page?.searchedTo && downwards ? page.older : null;
  const key = start === null ? "" : JSON.stringify([filters, start]);
  const empty: Found = {
    key,
    rows: [],
    searchedTo: page?.searchedTo ?? null,
    older: start,
  };
  const [found, setFound] = useState<Found>(empty);
  const [ended, setEnded] = useState<{ key: string; problem: string | null } | null>(null);
  const [round, setRound] = useState(0);
  const running = useRef<AbortController>(null);
  const current = found.key === key ? found : empty;
  const left = filters.limit - (page?.rows.length ?? 0) - current.rows.length;
  const latest = useRef({ current, left, filters });
  latest.current = { current, left, filters };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round begins again where the last one was stopped
  useEffect(() => {
    if (key === "") return;
    const controller = new AbortController();
    running.current = controller;
    setEnded(null);
    const from = latest.current;
    if (from.current.older === null || from.left <= 0) return;
    const search = {
      ...from.filters,
      sort: "newest" as const,
      cursor: from.current.older,
      limit: from.left,
    };
    follow(`/api/tasks/search${serializeTaskFilters(search)}`, controller.signal, (step) =>
      setFound((before) => {
        const base = before.key === key ? before : from.current;
        return {
          key,
          rows: [...base.rows, ...step.rows],
          searchedTo: step.searchedTo,
          older: step.older,
        };
      }),
    ).then((problem) => setEnded({ key, problem }));
    return () => controller.abort();
  }, [key, round]);

  if (key === "") return null;
  const done = current.older === null || current.searchedTo === null;
  return {
    rows: current.rows,
    searchedTo: current.searchedTo,
    older: current.older,
    status: done ? "done" : ended?.key === key ? "stopped" : "running",
    problem: ended?.key === key ? ended.problem : null,
    stop: () => running.current?.abort(),
    goOn: () => setRound((last) => last + 1),
  };
}

/** Why the search ended before its end, if it failed; `null` also when it was stopped. */
async function follow(
  path: string,
  signal: AbortSignal,
  take: (step: TaskStep) => void,
): Promise<string | null> {
  try {
    const { readJsonLines } = await import("@/lib/query/tasks-stream");
    for await (const step of readJsonLines<TaskStep>(path, signal)) take(step);
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    return error instanceof Error ? error.message : "The search failed.";
  }
}
