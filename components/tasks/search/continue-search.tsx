"use client";
import { useEffect, useRef, useState } from "react";
import type { TaskStep } from "@/lib/analytics/tasks";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import { readJsonLines } from "@/lib/query/tasks-stream";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks";

type Found = Pick<TaskStep, "searchedTo" | "older"> & { rows: TaskSummary[] };

/** How a search stands that went on beyond its page; `rows` are what it found there, newest first. */
export type SearchOn = Found & {
  /** Of which question and page. */
  of: string;
  status: "running" | "stopped" | "done";
  problem: string | null;
  stop: () => void;
  goOn: () => void;
};

/**
 * Goes on where a page ran out of time, until it is full or the history at its end, and tells how that stands. It draws
 * nothing. Key it by `of`: another question or page is another search.
 */
export function SearchOnwards({
  of,
  filters,
  page,
  onChange,
}: {
  of: string;
  filters: TaskFilters;
  page: Page<TaskSummary>;
  onChange: (search: SearchOn) => void;
}) {
  const [found, setFound] = useState<Found>({
    rows: [],
    searchedTo: page.searchedTo ?? null,
    older: page.older,
  });
  const [ended, setEnded] = useState<{ problem: string | null } | null>(null);
  const [round, setRound] = useState(0);
  const running = useRef<AbortController>(null);
  const latest = useRef(found);
  latest.current = found;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round begins again where the last one was stopped
  useEffect(() => {
    const controller = new AbortController();
    running.current = controller;
    setEnded(null);
    const { rows, older } = latest.current;
    const left = filters.limit - page.rows.length - rows.length;
    if (older === null || left <= 0) return;
    const search = { ...filters, sort: "newest" as const, cursor: older, limit: left };
    follow(`/api/tasks/search${serializeTaskFilters(search)}`, controller.signal, (step) =>
      setFound((before) => ({
        rows: [...before.rows, ...step.rows],
        searchedTo: step.searchedTo,
        older: step.older,
      })),
    ).then((problem) => setEnded({ problem }));
    return () => controller.abort();
  }, [round]);

  useEffect(() => {
    const done = found.older === null || found.searchedTo === null;
    onChange({
      ...found,
      of,
      status: done ? "done" : ended ? "stopped" : "running",
      problem: ended?.problem ?? null,
      stop: () => running.current?.abort(),
      goOn: () => setRound((last) => last + 1),
    });
  }, [of, found, ended, onChange]);
  return null;
}

/** Why the search ended before its end, if it failed; `null` also when it was stopped. */
async function follow(
  path: string,
  signal: AbortSignal,
  take: (step: TaskStep) => void,
): Promise<string | null> {
  try {
    for await (const step of readJsonLines<TaskStep>(path, signal)) take(step);
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    return error instanceof Error ? error.message : "The search failed.";
  }
}
