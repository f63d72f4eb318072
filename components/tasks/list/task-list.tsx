"use client";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Pager } from "@/components/layout/list/pager";
import { useReadAgain } from "@/components/layout/live/use-read-again";
import { BulkButton } from "@/components/tasks/bulk/bulk-button";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { ClockProvider } from "@/components/ui/text/clock";
import { Kbd } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import { ApiError } from "@/lib/query/api";
import { serializeTaskFilters, type TaskFilters } from "@/lib/search-params/tasks";
import { printPath } from "@/lib/search-params/tasks-paths";
import { sortLacks } from "@/lib/search-params/tasks-sort";
import { ExportMenu } from "../export/export-menu";
import { RangeSelect } from "../filters/range-select";
import { SavedViews } from "../filters/saved-views";
import { StateFacets } from "../filters/state-facets";
import { isFiltered, useTaskFilters } from "../filters/use-task-filters";
import type { SearchOn } from "../search/continue-search";
import { SearchCount } from "../search/search-count";
import { TaskSearch } from "../search/task-search";
import { useSelection } from "../selection/use-selection";
import { ORDERS } from "./list-order";
import { rowKey } from "./live-rows";
import { SortSelect } from "./sort-select";
import { TaskColumns } from "./task-columns";
import { TaskTable } from "./task-table";
import { useLiveTasks } from "./use-live-tasks";

// Most lists can be read, have rows, are complete, hold the newest and have nothing selected.
const ListProblem = lazyExtra(() => import("./list-problem").then((m) => m.ListProblem));
const ReadError = lazyExtra(() =>
  import("@/components/layout/live/read-error").then((m) => m.ReadError),
);
const NoTasks = lazyExtra(() => import("./no-tasks").then((m) => m.NoTasks));
const NewPill = lazyExtra(() => import("./new-pill").then((m) => m.NewPill));
const SearchOnwards = lazyExtra(() =>
  import("../search/continue-search").then((m) => m.SearchOnwards),
);
const PartialNotes = lazyExtra(() => import("./partial-notes").then((m) => m.PartialNotes));
const SelectionBar = lazyExtra(() =>
  import("../selection/selection-bar").then((m) => m.SelectionBar),
);

/** The tasks of one queue, or of all. */
export function TaskList({ queue }: { queue?: string }) {
  const { filters, narrow, turnTo, showColumns, clear } = useTaskFilters(queue);
  const { query, shown, showNewest } = useLiveTasks(filters);
  const readAgain = useReadAgain();
  const box = useRef<HTMLDivElement>(null);
  // Two hundred rows take a while: what was pressed shows before them.
  const drawn = useDeferredValue(shown);
  const page = query.data;
  const onwards = query.isPlaceholderData ? null : searchedOnwards(filters, page);
  const [told, setTold] = useState<SearchOn | null>(null);
  const search = told?.of === onwards ? told : null;
  const isOld = query.isPlaceholderData || drawn?.key !== shown?.key;
  const found = isOld ? undefined : search?.rows;
  const rows = useMemo(() => [...(drawn?.rows ?? []), ...(found ?? [])], [drawn?.rows, found]);
  const question = serializeTaskFilters({ ...filters, cursor: null, columns: [] });
  const selection = useSelection(question, rows);
  const marked = useDeferredValue(selection);
  // One and the same list while it says the same, or every row would be drawn again.
  const columns = useMemo(() => filters.columns.map(printPath), [filters.columns]);
  const order = ORDERS[filters.sort];
  const around =
    page &&
    (filters.sort === "oldest" ? flip(page) : { ...page, ...(search && { older: search.older }) });
  const select = (reach: boolean) => {
    const key = document.activeElement?.getAttribute("data-row");
    const task = rows.find((row) => rowKey(row) === key);
    if (task) selection.toggle(task, reach);
  };
  useHotkeys({
    x: () => select(false),
    X: () => select(true),
    r: () => {
      readAgain();
      query.refetch({ cancelRefetch: false }).then(({ data }) => showNewest(data));
    },
  });
  const tooSlow = query.error instanceof ApiError && query.error.code === "timed_out";
  const gone = query.error instanceof ApiError && query.error.status === 404;
  const filtered = isFiltered(filters, queue);
  const refused = sortLacks(filters) !== null;
  // Another page, order or question begins at its top.
  const place = serializeTaskFilters({ ...filters, columns: [] });
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of place that scrolls
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [place]);
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <h1 className="sr-only">Tasks</h1>
      <div className="flex flex-wrap gap-2 px-3 pt-3 pb-2 wide:flex-nowrap wide:px-4">
        <TaskSearch filters={filters} fixedQueue={queue} onChange={narrow} onClear={clear} />
        <RangeSelect filters={filters} onChange={narrow} />
        <SavedViews filters={filters} fixedQueue={queue} />
        <TaskColumns filters={filters} onChange={showColumns} />
        <ExportMenu filters={filters} question={question} />
        <BulkButton label="Bulk" selection={() => ({ filters })} />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 pb-2 wide:flex-nowrap wide:px-4">
        <StateFacets filters={filters} onChange={narrow} />
        <span className="ml-auto" />
        <SearchCount key={question} filters={filters} />
        <SortSelect filters={filters} onChange={narrow} />
      </div>
      {(tooSlow || refused) && <ListProblem filters={filters} onChange={narrow} />}
      <div
        ref={box}
        aria-busy={isOld}
        className={cn(
          "relative min-h-0 flex-1 overflow-auto border-t will-change-[opacity]",
          isOld && "opacity-60",
        )}
      >
        {refused ? null : drawn && page && !gone ? (
          <ClockProvider now={page.now}>
            <div
              aria-live="polite"
              className="sticky top-0 z-20 h-0 text-center empty:hidden wide:text-right"
            >
              {!filters.cursor && drawn.fresh > 0 && (
                <NewPill
                  count={drawn.fresh}
                  limit={filters.limit}
                  onClick={() => {
                    showNewest();
                    box.current?.scrollTo({ top: 0 });
                  }}
                />
              )}
            </div>
            {rows.length > 0 ? (
              <TaskTable
                rows={rows}
                gone={drawn.gone}
                oneQueue={queue !== undefined}
                columns={columns}
                // Rows of the last question keep its marks, or all would be drawn anew before they go.
                selection={isOld ? marked : selection}
                sort={filters.sort}
                onSort={narrow}
              />
            ) : onwards && search?.status !== "done" ? null : (
              <NoTasks filters={filters} filtered={filtered} onChange={narrow} onClear={clear} />
            )}
            {onwards && (
              <SearchOnwards
                key={onwards}
                of={onwards}
                filters={filters}
                page={page}
                onChange={setTold}
              />
            )}
            {(page.searchedTo || page.rankedFrom || page.unreadable) && (!onwards || search) && (
              <PartialNotes page={page} search={search} onTurn={turnTo} />
            )}
            {selection.picked.size > 0 && <SelectionBar selection={selection} columns={columns} />}
          </ClockProvider>
        ) : query.error && !tooSlow ? (
          <ReadError error={query.error} onRetry={() => query.refetch()} />
        ) : (
          !tooSlow && <SkeletonRows rows={20} columns={7} />
        )}
      </div>
      <Pager
        page={refused ? undefined : around}
        labels={order.pager}
        note={drawn && !refused && `${order.label} · ${plural(rows.length, "task")} on this page`}
        first={!filters.cursor}
        onTurn={turnTo}
        keys={
          <>
            <Kbd>j</Kbd> <Kbd>k</Kbd> move <Kbd>x</Kbd> select <Kbd>↵</Kbd> open <Kbd>/</Kbd> filter
          </>
        }
      />
    </div>
  );
}

type Neighbours = { older: string | null; newer: string | null };

/** The pager goes on to what comes next, which in this order are the newer ones. */
const flip = ({ older, newer }: Neighbours): Neighbours => ({ older: newer, newer: older });

/** Names the search that goes on beyond a page, if it ran out of time and was read from the new to the old. */
function searchedOnwards(filters: TaskFilters, page: Page<TaskSummary> | undefined): string | null {
  const downwards = filters.sort === "newest" && !filters.cursor?.startsWith("n.");
  const start = page?.searchedTo && downwards ? page.older : null;
  return start === null ? null : JSON.stringify([filters, start]);
}

export function TaskListSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface">
      <div className="h-[189px] shrink-0 border-b wide:h-[85px]" />
      <SkeletonRows rows={20} columns={7} />
    </div>
  );
}
