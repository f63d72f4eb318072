"use client";
"use no memo";
import { useDeferredValue, useEffect, useMemo, useRef } from "react";
import { NewRows } from "@/components/layout/list/live-row-marks";
import { Pager } from "@/components/layout/list/pager";
import { ReadError } from "@/components/layout/live/read-error";
import { StaleNote } from "@/components/layout/live/stale-note";
import { useRefresh } from "@/components/layout/live/use-refresh";
import { BulkButton } from "@/components/tasks/bulk/bulk-button";
import { lazyPart, onIntent } from "@/components/ui/feedback/lazy";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { useHydrated } from "@/components/ui/feedback/use-hydrated";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { ClockProvider } from "@/components/ui/text/clock";
import { Kbd } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";
import { isNotFound, ProblemError } from "@/lib/model/problem";
import { formatPath } from "@/lib/search-params/tasks/conditions";
import { serializeTaskFilters } from "@/lib/search-params/tasks/filters";
import { findMissingFilter } from "@/lib/search-params/tasks/sort";
import { ExportMenu } from "../export/export-menu";
import { RangeSelect } from "../filters/range-select";
import { SavedViews } from "../filters/saved-views";
import { StateFacets } from "../filters/state-facets";
import { isFiltered, useTaskFilters } from "../filters/use-task-filters";
import { ExactCount } from "../search/exact-count";
import { TaskSearch } from "../search/task-search";
import { useContinueSearch } from "../search/use-continue-search";
import { useSelection } from "../selection/use-selection";
import { ColumnPicker } from "./column-picker";
import { IncompleteNotices, NoListNotice, NoTasks } from "./list-notices";
import { type Read, rowKey } from "./live-rows";
import { ORDERS, SortSelect } from "./sort";
import { TaskTable } from "./task-table";
import { useFreshRows } from "./use-fresh-rows";
import { useLiveTasks } from "./use-live-tasks";

const SelectionBar = lazyPart(() =>
  import("../selection/selection-bar").then((m) => m.SelectionBar),
);

/** The tasks of one queue or of all. */
export function TaskList({ queue }: { queue?: string }) {
  const { filters, narrow, sortBy, turnTo, showColumns, clear } = useTaskFilters(queue);
  const { query, shown, showNewest, interval, isRepeated } = useLiveTasks(filters);
  const refresh = useRefresh();
  const hydrated = useHydrated();
  const box = useRef<HTMLDivElement>(null);
  // Rendering 200 rows takes a while, so it is deferred to let the pressed control update first.
  const drawn = useDeferredValue(shown);
  const page = query.data;
  const { pending, search } = useContinueSearch(
    filters,
    query.isPlaceholderData ? undefined : page,
  );
  const isOld = query.isPlaceholderData || drawn?.key !== shown?.key;
  const found = isOld ? undefined : search?.rows;
  const listed = useMemo(() => [...(drawn?.rows ?? []), ...(found ?? [])], [drawn?.rows, found]);
  const { rows, removed, readAt, stale } = useFreshRows({
    filters,
    rows: listed,
    reads: drawn?.reads ?? NO_READS,
    removed: drawn?.removed ?? NO_KEYS,
    page: isOld ? undefined : page,
    isRepeated,
    interval,
  });
  const isStale = rows.length > 0 && stale.size === rows.length;
  const matching = serializeTaskFilters({ ...filters, cursor: null, columns: [] });
  const selection = useSelection(matching, rows);
  const deferredSelection = useDeferredValue(selection);
  // Keeps the same array while the paths are unchanged, because the rows are memoized by it.
  const paths = useMemo(() => filters.columns.map(formatPath), [filters.columns]);
  const order = ORDERS[filters.sort];
  const around =
    page &&
    (filters.sort === "oldest" ? flip(page) : { ...page, ...(search && { older: search.older }) });
  const selectFocused = (range: boolean) => {
    const key = document.activeElement?.getAttribute("data-row");
    const task = rows.find((row) => rowKey(row) === key);
    if (task) selection.toggle(task, range);
  };
  useHotkeys({
    x: () => selectFocused(false),
    X: () => selectFocused(true),
    r: () => {
      refresh();
      query.refetch({ cancelRefetch: false }).then(showNewest);
    },
  });
  const timedOut = query.error instanceof ProblemError && query.error.code === "timed_out";
  const notFound = isNotFound(query.error);
  const filtered = isFiltered(filters, queue);
  const unsortable = findMissingFilter(filters) !== null;
  // A new page, order or query starts at the top.
  const pageKey = serializeTaskFilters({ ...filters, columns: [] });
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls whenever the page changes
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [pageKey]);
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface short:flex-none">
      <h1 className="sr-only">Tasks</h1>
      <div className="flex flex-wrap gap-2 px-3 pt-3 pb-2 wide:flex-nowrap wide:px-4">
        <TaskSearch filters={filters} fixedQueue={queue} onChange={narrow} onClear={clear} />
        <RangeSelect filters={filters} onChange={narrow} />
        <SavedViews filters={filters} fixedQueue={queue} />
        <ColumnPicker filters={filters} onChange={showColumns} />
        <ExportMenu filters={filters} matching={matching} />
        <BulkButton label="Bulk" selection={() => ({ filters })} />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 pb-2 wide:flex-nowrap wide:px-4">
        <StateFacets filters={filters} onChange={narrow} />
        <span className="ml-auto" />
        <ExactCount key={matching} filters={filters} />
        <SortSelect sort={filters.sort} onSort={sortBy} />
      </div>
      {(timedOut || unsortable) && <NoListNotice filters={filters} onChange={narrow} />}
      <div
        ref={box}
        {...onIntent(SelectionBar.preload)}
        aria-busy={isOld}
        className={cn(
          "relative min-h-0 flex-1 overflow-auto border-t will-change-[opacity] short:flex-none",
          isOld && "opacity-60",
        )}
      >
        {unsortable ? null : hydrated && drawn && page && !notFound ? (
          <ClockProvider now={page.now}>
            <NewRows
              count={filters.cursor ? 0 : drawn.newCount}
              limit={filters.limit}
              onShow={() => {
                showNewest();
                box.current?.scrollTo({ top: 0 });
              }}
            />
            {isStale && <StaleNote at={query.dataUpdatedAt} />}
            {rows.length > 0 ? (
              <TaskTable
                rows={rows}
                removed={removed}
                readAt={readAt}
                stale={stale}
                oneQueue={queue !== undefined}
                paths={paths}
                // While the previous results are still shown, keep their selection: clearing it would re-render 200
                // rows just before they are replaced.
                selection={isOld ? deferredSelection : selection}
                sort={filters.sort}
                onSort={sortBy}
              />
            ) : pending ? null : (
              <NoTasks filters={filters} filtered={filtered} onChange={narrow} onClear={clear} />
            )}
            {(page.searchedTo || page.rankedFrom || page.unreadable) && (search || !pending) && (
              <IncompleteNotices filters={filters} page={page} search={search} onTurn={turnTo} />
            )}
            {selection.picked.size > 0 && <SelectionBar selection={selection} paths={paths} />}
          </ClockProvider>
        ) : query.error && !timedOut ? (
          <ReadError error={query.error} onRetry={() => query.refetch()} />
        ) : (
          !timedOut && <SkeletonRows rows={20} columns={7} />
        )}
      </div>
      <Pager
        page={unsortable ? undefined : around}
        labels={order.pager}
        note={
          drawn && !unsortable && `${order.label} · ${plural(rows.length, "task")} on this page`
        }
        first={!filters.cursor}
        onTurn={(cursor) => {
          // Until the rows of changed filters arrive, the cursors are those of the filters before.
          if (cursor === null || filters.cursor || !query.isPlaceholderData) turnTo(cursor);
        }}
        keys={
          <>
            <Kbd>j</Kbd> <Kbd>k</Kbd> move <Kbd>x</Kbd> select <Kbd>↵</Kbd> open <Kbd>/</Kbd> filter
          </>
        }
      />
    </div>
  );
}

const NO_READS = new Map<string, Read>();
const NO_KEYS = new Set<string>();

type Neighbours = { older: string | null; newer: string | null };

/** The pager's "next" opens the older page, except in this order. */
const flip = ({ older, newer }: Neighbours): Neighbours => ({ older: newer, newer: older });

export function TaskListSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface">
      <div className="h-[189px] shrink-0 border-b wide:h-[85px]" />
      <SkeletonRows rows={20} columns={7} />
    </div>
  );
}
