"use client";
"use no memo";
import { useEffect, useRef, useState } from "react";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { CountStep } from "@/lib/analytics/tasks";
import { plural } from "@/lib/format";
import { describeUnreadable } from "@/lib/model/queue";
import { streamJsonLines } from "@/lib/query/tasks-stream";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks/filters";

type Progress = {
  last: CountStep | null;
  ended: boolean;
  /** Why the count failed; `null` if it didn't or was stopped by the user. */
  problem: string | null;
};

/** Counts all matching tasks on demand. Key it by the filters, since a count belongs to one query. */
export function ExactCount({ filters }: { filters: TaskFilters }) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const counting = progress !== null && !progress.ended;

  function start() {
    const controller = new AbortController();
    running.current = controller;
    setProgress({ last: null, ended: false, problem: null });
    countTasks(filters, controller.signal, setProgress);
  }
  return (
    <span
      aria-live="polite"
      aria-busy={counting}
      className="flex shrink-0 items-center gap-2 whitespace-nowrap text-12 text-ink-2"
    >
      {progress && <CountText {...progress} />}
      <button
        type="button"
        onClick={counting ? () => running.current?.abort() : start}
        className="h-9 font-medium text-accent-text hover:underline wide:h-6"
      >
        {counting ? "Stop" : progress ? "Count again" : "Count exactly"}
      </button>
    </span>
  );
}

/** Streams the count, newest tasks first, and reports each step. Never rejects. */
async function countTasks(
  filters: TaskFilters,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const path = `/api/tasks/count${serializeTaskFilters({ ...filters, sort: "newest", cursor: null })}`;
  let last: CountStep | null = null;
  let problem: string | null = null;
  try {
    for await (last of streamJsonLines<CountStep>(path, signal))
      onProgress({ last, ended: false, problem: null });
  } catch (error) {
    if (!signal.aborted) problem = error instanceof Error ? error.message : "The count failed.";
  }
  onProgress({ last, ended: true, problem });
}

/** The exact count, or the partial count and how far back it reaches. */
function CountText({ last, ended, problem }: Progress) {
  const complete = ended && !problem && last?.searchedTo === null;
  return (
    <>
      {last && (
        <span>
          <strong className="font-semibold text-ink">
            {!complete && "at least "}
            {plural(last.count, "task")}
          </strong>
          {complete && " exactly"}
          {last.unreadable.length > 0 && `, without ${describeUnreadable(last.unreadable)}`}
          {last.searchedTo && (
            <span className="text-ink-3">
              {" · counted back to "}
              <AbsoluteTime iso={last.searchedTo} />
            </span>
          )}
        </span>
      )}
      {problem && <span className="text-failed">{problem}</span>}
    </>
  );
}
