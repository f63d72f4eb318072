"use client";
"use no memo";
import { useEffect, useRef, useState } from "react";
import type { TaskStep } from "@/lib/analytics/tasks";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import { streamJsonLines } from "@/lib/query/tasks-stream";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks/filters";

type Found = Pick<TaskStep, "searchedTo" | "older"> & { rows: TaskSummary[] };

/** A search continued beyond its page; `rows` are those found by continuing, newest first. */
export type ContinuedSearch = Found & {
  status: "running" | "stopped" | "done";
  /** Why it stopped; `null` if the user stopped it. */
  problem: string | null;
  stop: () => void;
  resume: () => void;
};

type State = Found & { key: string; ended: { problem: string | null } | null };

/**
 * Continues a search that timed out before its page was full, until the page is full or the history ends. Only
 * newest-first searches are continued.
 *
 * @returns `pending` while more rows may arrive; `search` is `null` if there is nothing to continue.
 */
export function useContinueSearch(
  filters: TaskFilters,
  page: Page<TaskSummary> | undefined,
): { pending: boolean; search: ContinuedSearch | null } {
  const downwards = filters.sort === "newest" && !filters.cursor?.startsWith("n.");
  const start = page?.searchedTo && downwards ? page.older : null;
  const key = page && start !== null ? JSON.stringify([filters, start]) : null;
  const [state, setState] = useState<State | null>(null);
  const [round, setRound] = useState(0);
  const running = useRef<AbortController>(null);
  const current = state?.key === key ? state : null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key covers filters and page; a new round resumes
  useEffect(() => {
    if (key === null || !page) return;
    const controller = new AbortController();
    running.current = controller;
    const from: Found = current ?? {
      rows: [],
      searchedTo: page.searchedTo ?? null,
      older: page.older,
    };
    setState({ ...from, key, ended: null });
    const left = filters.limit - page.rows.length - from.rows.length;
    if (from.older === null || left <= 0) return;
    const update = (change: (before: State) => Partial<State>) =>
      setState((before) => (before?.key === key ? { ...before, ...change(before) } : before));
    const search = { ...filters, sort: "newest" as const, cursor: from.older, limit: left };
    follow(`/api/tasks/search${serializeTaskFilters(search)}`, controller.signal, (step) =>
      update(({ rows }) => ({
        rows: [...rows, ...step.rows],
        searchedTo: step.searchedTo,
        older: step.older,
      })),
    ).then((problem) => running.current === controller && update(() => ({ ended: { problem } })));
    return () => controller.abort();
  }, [key, round]);

  if (!current) return { pending: key !== null, search: null };
  const { rows, searchedTo, older, ended } = current;
  const done = older === null || searchedTo === null;
  return {
    pending: !done,
    search: {
      rows,
      searchedTo,
      older,
      status: done ? "done" : ended ? "stopped" : "running",
      problem: ended?.problem ?? null,
      stop: () => running.current?.abort(),
      resume: () => setRound((last) => last + 1),
    },
  };
}

/** Resolves to the reason if the search failed, and to `null` if it finished or was stopped. */
async function follow(
  path: string,
  signal: AbortSignal,
  onStep: (step: TaskStep) => void,
): Promise<string | null> {
  try {
    for await (const step of streamJsonLines<TaskStep>(path, signal)) onStep(step);
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    return error instanceof Error ? error.message : "The search failed.";
  }
}
