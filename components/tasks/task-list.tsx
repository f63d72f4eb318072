"use client";
import { ArrowUp, Timer } from "lucide-react";
import { useRef } from "react";
import { Pager } from "@/components/layout/pager";
import { ReadError } from "@/components/layout/read-error";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { ClockProvider } from "@/components/ui/clock";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Kbd } from "@/components/ui/kbd";
import { SkeletonRows } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { formatNumber, plural } from "@/lib/format";
import { ApiError } from "@/lib/query/api";
import { NoTasks } from "./no-tasks";
import { PartialNotes } from "./partial-notes";
import { StateFacets } from "./state-facets";
import { TaskSearch } from "./task-search";
import { TaskTable } from "./task-table";
import { useLiveTasks } from "./use-live-tasks";
import { isFiltered, useTaskFilters } from "./use-task-filters";

/** The tasks of one queue, or of all. */
export function TaskList({ queue }: { queue?: string }) {
  const { filters, narrow, turnTo, clear } = useTaskFilters(queue);
  const { query, shown, showNewest } = useLiveTasks(filters);
  const box = useRef<HTMLDivElement>(null);
  const page = query.data;
  useHotkeys({
    j: () => moveFocus(box.current, 1),
    k: () => moveFocus(box.current, -1),
    r: () => {
      query.refetch().then(showNewest);
    },
    "]": page?.older ? () => turnTo(page.older) : undefined,
    "[": page?.newer ? () => turnTo(page.newer) : undefined,
  });
  const tooSlow = query.error instanceof ApiError && query.error.code === "timed_out";
  const gone = query.error instanceof ApiError && query.error.status === 404;
  const filtered = isFiltered(filters, queue);
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <h1 className="sr-only">Tasks</h1>
      <TaskSearch filters={filters} fixedQueue={queue} onChange={narrow} onClear={clear} />
      <StateFacets filters={filters} onChange={narrow} />
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
            {shown.rows.length > 0 ? (
              <TaskTable rows={shown.rows} gone={shown.gone} oneQueue={queue !== undefined} />
            ) : (
              <NoTasks filters={filters} filtered={filtered} onChange={narrow} onClear={clear} />
            )}
            <PartialNotes page={page} onTurn={turnTo} />
          </ClockProvider>
        ) : query.error && !tooSlow ? (
          <ReadError error={query.error} onRetry={() => query.refetch()} />
        ) : (
          !tooSlow && <SkeletonRows rows={20} columns={7} />
        )}
      </div>
      <Pager
        page={page}
        note={shown && `Newest first · ${plural(shown.rows.length, "task")} on this page`}
        first={!filters.cursor}
        onTurn={turnTo}
        keys={
          <>
            <Kbd>j</Kbd> <Kbd>k</Kbd> move <Kbd>↵</Kbd> open <Kbd>/</Kbd> filter
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

/** Moves the focus from row to row; rows are links, so Enter opens. */
function moveFocus(box: HTMLElement | null, step: 1 | -1) {
  const links = [...(box?.querySelectorAll<HTMLElement>("a[data-row]") ?? [])];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
  next?.focus({ preventScroll: true });
  next?.closest("tr")?.scrollIntoView({ block: "nearest" });
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
