"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import { tasksQuery } from "@/lib/query/tasks";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { sortLacks } from "@/lib/search-params/tasks-sort";
import { ORDERS } from "./list-order";
import { holdStill, type LiveRows } from "./live-rows";

type Shown = LiveRows & { key: string; page: Page<TaskSummary> };

/** A ranking looks at every task of its window: it is not read again at the pace of a page. */
const RANKING_MS = 15_000;

/** One page of tasks, read again and again, whose rows stay where they are until `showNewest`. */
export function useLiveTasks(filters: TaskFilters) {
  const interval = useRefreshInterval();
  const ranked = filters.sort === "attempts" || filters.sort === "duration";
  const refetchInterval = interval && (ranked ? Math.max(interval, RANKING_MS) : interval);
  const query = useQuery({
    ...tasksQuery(filters),
    enabled: sortLacks(filters) === null,
    // A search that no index serves is not repeated by itself.
    refetchInterval: ({ state }) => (state.data?.searchedTo ? false : refetchInterval),
    refetchOnWindowFocus: ({ state }) => !state.data?.searchedTo,
  });
  const key = JSON.stringify(filters);
  const [shown, setShown] = useState<Shown>();

  // Follows each answer while rendering, so that no frame shows old rows under new filters.
  const page = query.data;
  if (page && !query.isPlaceholderData && page !== shown?.page) {
    const rows =
      shown?.key === key
        ? holdStill(shown.rows, page.rows, ORDERS[filters.sort].before)
        : { rows: page.rows, gone: new Set<string>(), fresh: 0 };
    setShown({ ...rows, key, page });
  }
  /** A page that was just read is given: this one is older. */
  const showNewest = (newest = page) => {
    if (newest) setShown({ rows: newest.rows, gone: new Set(), fresh: 0, key, page: newest });
  };
  return { query, shown, showNewest };
}
