"use client";
import { ArrowUp, Timer } from "lucide-react";
import { useMemo, useRef } from "react";
import { BulkButton } from "@/components/bulk/bulk-button";
import { Pager } from "@/components/layout/pager";
import { ReadError } from "@/components/layout/read-error";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { ClockProvider } from "@/components/ui/clock";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Kbd } from "@/components/ui/kbd";
import { moveRowFocus } from "@/components/ui/move-row-focus";
import { SkeletonRows } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { formatNumber, plural } from "@/lib/format";
import { ApiError } from "@/lib/query/api";
import { serializeTaskFilters } from "@/lib/search-params/tasks";
import { printPath } from "@/lib/search-params/tasks-paths";
import { ExportMenu } from "./export-menu";
import { rowKey } from "./live-rows";
import { NoTasks } from "./no-tasks";
import { PartialNotes } from "./partial-notes";
import { RangeSelect } from "./range-select";
import { SavedViews } from "./saved-views";
import { SearchCount } from "./search-count";
import { SelectionBar } from "./selection-bar";
import { StateFacets } from "./state-facets";
import { TaskColumns } from "./task-columns";
import { TaskSearch } from "./task-search";
import { TaskTable } from "./task-table";
import { useLiveTasks } from "./use-live-tasks";
import { useSearchOn } from "./use-search-on";
import { useSelection } from "./use-selection";
import { isFiltered, useTaskFilters } from "./use-task-filters";

/** The tasks of one queue, or of all. */
export function TaskList({ queue }: { queue?: string }) {
  const { filters, narrow, turnTo, showColumns, clear } = useTaskFilters(queue);
  const { query, shown, showNewest } = useLiveTasks(filters);
  const box = useRef<HTMLDivElement>(null);
  const page = query.data;
  const search = useSearchOn(filters, query.isPlaceholderData ? undefined : page);
  const found = search?.rows;
  const rows = useMemo(() => [...(shown?.rows ?? []), ...(found ?? [])], [shown?.rows, found]);
  const question = serializeTaskFilters({ ...filters, cursor: null, columns: [] });
  const selection = useSelection(question, rows);
  const columns = filters.columns.map(printPath);
  const older = search ? search.older : (page?.older ?? null);
  const select = (reach: boolean) => {
    const key = document.activeElement?.getAttribute("data-row");
    const task = rows.find((row) => rowKey(row) === key);
    if (task) selection.toggle(task, reach);
  };
  useHotkeys({
    x: () => select(false),
    X: () => select(true),
    j: () => moveRowFocus(box.current, 1),
    k: () => moveRowFocus(box.current, -1),
    r: () => {
      query.refetch().then(showNewest);
    },
    "]": older ? () => turnTo(older) : undefined,
    "[": page?.newer ? () => turnTo(page.newer) : undefined,
  });
  const tooSlow = query.error instanceof ApiError && query.error.code === "timed_out";
  const gone = query.error instanceof ApiError && query.error.status === 404;
  const filtered = isFiltered(filters, queue);
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
      <div className="flex flex-wrap items-center justify-between gap-x-4 px-3 pb-2 wide:flex-nowrap wide:px-4">
        <StateFacets filters={filters} onChange={narrow} />
        <SearchCount key={question} filters={filters} />
      </div>
      {tooSlow && (
        <div className="px-3 pb-2 wide:px-4">
          <Banner
            tone="warning"
            icon={Timer}
            action={<Button onClick={() => narrow({ range: "24h" })}>Last 24 h</Button>}
          >
            <strong className="font-semibold">Stopped: this reads too much.</strong> Narrow it by
            time, queue or state.
          </Banner>
        </div>
      )}
      <div
        ref={box}
        aria-busy={query.isPlaceholderData}
        className={cn(
          "relative min-h-0 flex-1 overflow-auto border-t transition-opacity",
          query.isPlaceholderData && "opacity-60",
        )}
      >
        {shown && page && !gone ? (
          <ClockProvider now={page.now}>
            <NewPill
              count={filters.cursor ? 0 : shown.fresh}
              limit={filters.limit}
              onClick={() => {
                showNewest();
                box.current?.scrollTo({ top: 0 });
              }}
            />
            {rows.length > 0 ? (
              <TaskTable
                rows={rows}
                gone={shown.gone}
                oneQueue={queue !== undefined}
                columns={columns}
                selection={selection}
              />
            ) : search && search.status !== "done" ? null : (
              <NoTasks filters={filters} filtered={filtered} onChange={narrow} onClear={clear} />
            )}
            <PartialNotes page={page} search={search} onTurn={turnTo} />
            <SelectionBar selection={selection} columns={columns}>
              <BulkButton
                label="Act on them"
                selection={() => ({ ids: selection.tasks })}
                onStarted={selection.clear}
              />
            </SelectionBar>
          </ClockProvider>
        ) : query.error && !tooSlow ? (
          <ReadError error={query.error} onRetry={() => query.refetch()} />
        ) : (
          !tooSlow && <SkeletonRows rows={20} columns={7} />
        )}
      </div>
      <Pager
        page={page && { ...page, older }}
        note={shown && `Newest first · ${plural(rows.length, "task")} on this page`}
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

export function TaskListSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface">
      <div className="h-[92px] shrink-0 border-b wide:h-20" />
      <SkeletonRows rows={20} columns={7} />
    </div>
  );
}

function NewPill({ count, limit, onClick }: { count: number; limit: number; onClick: () => void }) {
  return (
    <div aria-live="polite" className="sticky top-0 z-20 h-0 text-right empty:hidden">
      {count > 0 && (
        <button
          type="button"
          onClick={onClick}
          className="float-in mx-2 mt-1 inline-flex h-9 w-[calc(100%-16px)] items-center justify-center gap-1 rounded-2 border border-accent-line bg-accent-soft px-3 font-medium text-12 text-accent-text wide:mr-4 wide:h-5 wide:w-auto wide:rounded-full wide:border-transparent wide:bg-inverse wide:pr-2.5 wide:pl-1.5 wide:text-ink-inverse wide:shadow-2"
        >
          <ArrowUp size={12} aria-hidden />
          {formatNumber(count)}
          {count >= limit && "+"} new
        </button>
      )}
    </div>
  );
}
