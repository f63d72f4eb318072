"use client";
import { useDeferredValue, useEffect, useMemo, useRef } from "react";
import { BulkButton } from "@/components/bulk/bulk-button";
import { Pager } from "@/components/layout/pager";
import { useReadAgain } from "@/components/layout/use-read-again";
import { ClockProvider } from "@/components/ui/clock";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { lazyExtra } from "@/components/ui/lazy-part";
import { SkeletonRows } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { formatNumber, plural } from "@/lib/format";
import { ApiError } from "@/lib/query/api";
import { serializeTaskFilters } from "@/lib/search-params/tasks";
import { printPath } from "@/lib/search-params/tasks-paths";
import { sortLacks } from "@/lib/search-params/tasks-sort";
import { ExportMenu } from "./export-menu";
import { ORDERS } from "./list-order";
import { rowKey } from "./live-rows";
import { RangeSelect } from "./range-select";
import { SavedViews } from "./saved-views";
import { SearchCount } from "./search-count";
import { SortSelect } from "./sort-select";
import { StateFacets } from "./state-facets";
import { TaskColumns } from "./task-columns";
import { TaskSearch } from "./task-search";
import { TaskTable } from "./task-table";
import { useLiveTasks } from "./use-live-tasks";
import { type SearchOn, useSearchOn } from "./use-search-on";
import { useSelection } from "./use-selection";
import { isFiltered, useTaskFilters } from "./use-task-filters";

// Most lists can be read, have rows, are complete and have nothing selected.
const ListProblem = lazyExtra(() => import("./list-problem").then((m) => m.ListProblem));
const ReadError = lazyExtra(() =>
  import("@/components/layout/read-error").then((m) => m.ReadError),
);
const NoTasks = lazyExtra(() => import("./no-tasks").then((m) => m.NoTasks));
const PartialNotes = lazyExtra(() => import("./partial-notes").then((m) => m.PartialNotes));
const SelectionBar = lazyExtra(() => import("./selection-bar").then((m) => m.SelectionBar));

/** The tasks of one queue, or of all. */
export function TaskList({ queue }: { queue?: string }) {
  const { filters, narrow, turnTo, showColumns, clear } = useTaskFilters(queue);
  const { query, shown, showNewest } = useLiveTasks(filters);
  const readAgain = useReadAgain();
  const box = useRef<HTMLDivElement>(null);
  // Two hundred rows take a while: what was pressed shows before them.
  const drawn = useDeferredValue(shown);
  const page = query.data;
  const search = useSearchOn(filters, query.isPlaceholderData ? undefined : page);
  const isOld = query.isPlaceholderData || drawn?.key !== shown?.key;
  const found = isOld ? undefined : search?.rows;
  const rows = useMemo(() => [...(drawn?.rows ?? []), ...(found ?? [])], [drawn?.rows, found]);
  const question = serializeTaskFilters({ ...filters, cursor: null, columns: [] });
  const selection = useSelection(question, rows);
  // One and the same list while it says the same, or every row would be drawn again.
  const columns = useMemo(() => filters.columns.map(printPath), [filters.columns]);
  const order = ORDERS[filters.sort];
  const around = page && (filters.sort === "oldest" ? flip(page) : { ...page, ...onwards(search) });
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
        <ExportMenu key={`export ${question}`} filters={filters} />
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
            <NewPill
              count={filters.cursor ? 0 : drawn.fresh}
              limit={filters.limit}
              onClick={() => {
                showNewest();
                box.current?.scrollTo({ top: 0 });
              }}
            />
            {rows.length > 0 ? (
              <TaskTable
                rows={rows}
                gone={drawn.gone}
                oneQueue={queue !== undefined}
                columns={columns}
                selection={selection}
                sort={filters.sort}
                onSort={narrow}
              />
            ) : search && search.status !== "done" ? null : (
              <NoTasks filters={filters} filtered={filtered} onChange={narrow} onClear={clear} />
            )}
            {(page.searchedTo || page.rankedFrom || page.unreadable) && (
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

/** A search that went on beyond its page goes on from where it got. */
const onwards = (search: SearchOn | null) => search && { older: search.older };

export function TaskListSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface">
      <div className="h-[189px] shrink-0 border-b wide:h-[85px]" />
      <SkeletonRows rows={20} columns={7} />
    </div>
  );
}

function NewPill({ count, limit, onClick }: { count: number; limit: number; onClick: () => void }) {
  return (
    <div
      aria-live="polite"
      className="sticky top-0 z-20 h-0 text-center empty:hidden wide:text-right"
    >
      {count > 0 && (
        <button
          type="button"
          onClick={onClick}
          className="float-in mt-1 inline-flex h-9 items-center gap-1 rounded-full bg-inverse pr-4 pl-3 font-medium text-12 text-ink-inverse shadow-2 wide:mr-4 wide:h-5 wide:pr-2.5 wide:pl-1.5"
        >
          <Icon name="arrow-up" strokeWidth={2} size={12} />
          {formatNumber(count)}
          {count >= limit && "+"} new
        </button>
      )}
    </div>
  );
}
