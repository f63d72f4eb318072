"use client";
"use no memo";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { polled } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import { tasksQuery } from "@/lib/query/tasks";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { findMissingFilter } from "@/lib/search-params/tasks/sort";
import {
  freshRows,
  type LiveRows,
  mergePage,
  noteRead,
  type Read,
  untilRowsDue,
} from "./live-rows";
import { ORDERS } from "./sort";

type Shown = LiveRows & {
  key: string;
  page: Page<TaskSummary>;
  /** When each row was last on a loaded page. */
  reads: ReadonlyMap<string, Read>;
};

type Latest = { data: Page<TaskSummary> | undefined; dataUpdatedAt: number };

/** A ranking scans its whole time range, so it is polled less often than a page. */
const RANKING_MS = 15_000;

/** One page of tasks, refetched at the refresh interval. Rows stay in place until `showNewest` is called. */
export function useLiveTasks(filters: TaskFilters) {
  const interval = useRefreshInterval();
  const ranked = filters.sort === "attempts" || filters.sort === "duration";
  const refetchInterval = interval && (ranked ? Math.max(interval, RANKING_MS) : interval);
  const query = useQuery({
    ...tasksQuery(filters),
    enabled: findMissingFilter(filters) === null,
    // A search without an index is too expensive to repeat automatically.
    refetchInterval: polled<Page<TaskSummary>>(
      ({ state }) => isRepeatable(state.data) && refetchInterval,
      untilRowsDue,
    ),
    refetchOnWindowFocus: ({ state }) => isRepeatable(state.data),
  });
  const key = JSON.stringify(filters);
  const [shown, setShown] = useState<Shown>();

  // Set during render rather than in an effect, so that no frame shows old rows under new filters.
  const page = query.data;
  if (page && !query.isPlaceholderData && page !== shown?.page) {
    const rows =
      shown?.key === key
        ? mergePage(
            shown.rows,
            page.rows,
            ORDERS[filters.sort].before,
            new Set(page.unreadable?.map(({ name }) => name)),
          )
        : freshRows(page.rows);
    const before = shown?.key === key ? shown.reads : new Map<string, Read>();
    const reads = noteRead(before, page.rows, { now: page.now, at: query.dataUpdatedAt });
    setShown({ ...rows, key, page, reads });
  }
  /** Shows the latest page. Pass the result of a request that has just finished, because `query` is older. */
  const showNewest = ({ data, dataUpdatedAt: at }: Latest = query) => {
    if (!data) return;
    const reads = noteRead(new Map(), data.rows, { now: data.now, at });
    setShown({ ...freshRows(data.rows), key, page: data, reads });
  };
  return { query, shown, showNewest, interval: refetchInterval, isRepeated: isRepeatable(page) };
}

const isRepeatable = (page: Page<TaskSummary> | undefined) => !page?.searchedTo;
