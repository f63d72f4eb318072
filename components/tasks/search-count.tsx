"use client";
import { useEffect, useRef, useState } from "react";
import { AbsoluteTime } from "@/components/ui/relative-time";
import type { CountStep } from "@/lib/analytics/task-count";
import { plural } from "@/lib/format";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks";

type Counting = { last: CountStep | null; ended: boolean; problem: string | null };

/** Counts what matches on demand, newest first, and can be stopped. Key it by the filters: a count is of one question. */
export function SearchCount({ filters }: { filters: TaskFilters }) {
  const [counting, setCounting] = useState<Counting | null>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function start() {
    const controller = new AbortController();
    running.current = controller;
    setCounting({ last: null, ended: false, problem: null });
    const path = `/api/tasks/count${serializeTaskFilters({ ...filters, sort: "newest", cursor: null })}`;
    let problem: string | null = null;
    try {
      const { readJsonLines } = await import("@/lib/query/tasks-stream");
      for await (const last of readJsonLines<CountStep>(path, controller.signal))
        setCounting({ last, ended: false, problem: null });
    } catch (error) {
      if (!controller.signal.aborted)
        problem = error instanceof Error ? error.message : "The count failed.";
    }
    setCounting((before) => before && { ...before, ended: true, problem });
  }

  const last = counting?.last;
  const complete = counting?.ended && !counting.problem && last?.searchedTo === null;
  return (
    <span
      aria-live="polite"
      aria-busy={counting !== null && !counting.ended}
      className="flex shrink-0 items-center gap-2 whitespace-nowrap text-12 text-ink-2"
    >
      {last && (
        <span>
          <strong className="font-semibold text-ink">{plural(last.count, "task")}</strong>{" "}
          {complete ? "exactly" : "so far"}
          {last.unreadable.length > 0 && `, without ${last.unreadable.join(", ")}`}
          {last.searchedTo && (
            <span className="text-ink-3">
              {" · back to "}
              <AbsoluteTime iso={last.searchedTo} />
            </span>
          )}
        </span>
      )}
      {counting?.problem && <span className="text-failed">{counting.problem}</span>}
      <button
        type="button"
        onClick={counting && !counting.ended ? () => running.current?.abort() : start}
        className="h-9 font-medium text-accent-text hover:underline wide:h-6"
      >
        {counting ? (counting.ended ? "Count again" : "Stop") : "Count exactly"}
      </button>
    </span>
  );
}
