"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { knownAt, overdueAfter } from "@/components/layout/live/freshness";
import { polled } from "@/components/layout/live/polling";
import { useClock } from "@/components/ui/text/clock";
import type { KnownTasks } from "@/lib/analytics/tasks";
import type { Iso } from "@/lib/model/instants";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import { knownTasksQuery } from "@/lib/query/tasks";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { type Read, rowKey, untilRowsDue } from "./live-rows";

/** The current values of the rows on screen. */
export type FreshRows = {
  rows: TaskSummary[];
  /** Keys of rows that no longer match the filters. */
  removed: ReadonlySet<string>;
  /** When each row was last read, on the database's clock. */
  readAt: ReadonlyMap<string, Iso>;
  /** Rows that could not be refreshed, with the time of their last read on the database's clock. */
  stale: ReadonlyMap<string, Iso>;
};

/** With automatic refresh off, a row counts as stale after this many milliseconds. */
const UNREFRESHED = 15_000;

/**
 * Keeps every row on screen fresh. Rows on the latest page are refreshed by it. If newer ones pushed a row off that
 * page, or the page is too expensive to repeat, all rows are requested by id.
 *
 * @param reads when each row was last on a loaded page.
 * @param interval milliseconds between requests; `false` while refreshing is off.
 */
export function useFreshRows({
  filters,
  rows,
  reads,
  removed,
  page,
  isRepeated,
  interval,
}: {
  filters: TaskFilters;
  rows: readonly TaskSummary[];
  reads: ReadonlyMap<string, Read>;
  removed: ReadonlySet<string>;
  page: Page<TaskSummary> | undefined;
  /** Whether the page itself is refetched periodically. */
  isRepeated: boolean;
  interval: number | false;
}): FreshRows {
  const onPage = useMemo(() => new Set(page?.rows.map(rowKey)), [page?.rows]);
  const isOnPage = (key: string) => isRepeated && onPage.has(key);
  const needed = page !== undefined && rows.some((row) => !isOnPage(rowKey(row)));
  const query = useQuery({
    ...knownTasksQuery(filters, rows),
    enabled: needed && interval !== false,
    refetchInterval: polled<KnownTasks>(interval, untilRowsDue),
  });
  const known = needed ? query.data : undefined;
  const knownRead = known && { now: known.now, at: query.dataUpdatedAt };
  const gone = new Set(known?.removed.map(rowKey));
  const byKey = new Map(known?.rows.map((task) => [rowKey(task), task]));
  // Tasks of an unreadable queue are neither among the rows nor among the removed ones.
  const isKnown = (key: string) => !isOnPage(key) && (byKey.has(key) || gone.has(key));
  const readOf = (key: string): Read | undefined =>
    knownRead && isKnown(key) ? knownRead : reads.get(key);
  // A string, so that rows only re-render when another one becomes stale.
  const staleKeys = useClock(() =>
    rows
      .map(rowKey)
      .filter((key) => {
        const read = readOf(key);
        const limit = interval === false ? UNREFRESHED : overdueAfter(interval);
        return read !== undefined && Date.now() - knownAt(read.at) > limit;
      })
      .join("\n"),
  );
  return {
    rows: rows.map((row) => (isOnPage(rowKey(row)) ? row : (byKey.get(rowKey(row)) ?? row))),
    removed: new Set(
      rows.map(rowKey).filter((key) => (isKnown(key) ? gone.has(key) : removed.has(key))),
    ),
    readAt: new Map(
      rows.map(rowKey).flatMap((key) => {
        const read = readOf(key);
        return read ? [[key, read.now] as const] : [];
      }),
    ),
    stale: new Map(
      staleKeys.split("\n").flatMap((key) => {
        const now = readOf(key)?.now;
        return now === undefined ? [] : [[key, now] as const];
      }),
    ),
  };
}
