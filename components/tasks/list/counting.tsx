"use client";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { CountStep } from "@/lib/analytics/tasks";
import { plural } from "@/lib/format";
import { readJsonLines } from "@/lib/query/tasks-stream";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks";

/** How far a count got; `problem` says why it ended early, unless it was stopped. */
export type Counting = { last: CountStep | null; ended: boolean; problem: string | null };

/** Counts everything that matches, and tells each step. */
export async function runCount(
  filters: TaskFilters,
  signal: AbortSignal,
  tell: (counting: Counting) => void,
): Promise<void> {
  const path = `/api/tasks/count${serializeTaskFilters({ ...filters, sort: "newest", cursor: null })}`;
  let last: CountStep | null = null;
  let problem: string | null = null;
  try {
    for await (last of readJsonLines<CountStep>(path, signal))
      tell({ last, ended: false, problem: null });
  } catch (error) {
    if (!signal.aborted) problem = error instanceof Error ? error.message : "The count failed.";
  }
  tell({ last, ended: true, problem });
}

/** How many there are, or how many were found so far and how far back. */
export function CountWords({ last, ended, problem }: Counting) {
  const complete = ended && !problem && last?.searchedTo === null;
  return (
    <>
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
      {problem && <span className="text-failed">{problem}</span>}
    </>
  );
}
