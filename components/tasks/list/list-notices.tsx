"use client";
"use no memo";
import { Banner } from "@/components/ui/feedback/banner";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { plural } from "@/lib/format";
import type { Page } from "@/lib/model/page";
import { describeUnreadable } from "@/lib/model/queue";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { findSortProblem } from "@/lib/search-params/tasks/sort";
import type { ContinuedSearch } from "../search/use-continue-search";

const IndexNote = lazyPart(() => import("./index-note").then((m) => m.IndexNote));

type Props = { filters: TaskFilters; onChange: (change: Partial<TaskFilters>) => void };

/** Replaces the rows if the filters don't support the chosen order, or if the query timed out. */
export function NoListNotice({ filters, onChange }: Props) {
  const problem = findSortProblem(filters);
  return (
    <div className="px-3 pb-2 wide:px-4">
      {problem ? (
        <Banner
          tone="plain"
          icon="arrow-down-wide-narrow"
          action={
            <>
              <Button onClick={() => onChange(problem.change)}>
                {"state" in problem.change
                  ? `Only ${problem.change.state.join(", ")}`
                  : "Last 24 h"}
              </Button>
              <Button variant="ghost" onClick={() => onChange({ sort: "newest" })}>
                Newest first
              </Button>
            </>
          }
        >
          {problem.message}
        </Banner>
      ) : (
        <Banner
          tone="warning"
          icon="timer"
          action={<Button onClick={() => onChange({ range: "24h" })}>Last 24 h</Button>}
        >
          <strong className="font-semibold">Query timed out.</strong> Narrow it by time, queue or
          state.
        </Banner>
      )}
    </div>
  );
}

/** Shown below the rows: which tasks may be missing from this page, and how to continue. */
export function IncompleteNotices({
  filters,
  page,
  search,
  onTurn,
}: {
  filters: TaskFilters;
  page: Page<TaskSummary>;
  search: ContinuedSearch | null;
  onTurn: (cursor: string) => void;
}) {
  const { searchedTo, rankedFrom, newer, unreadable } = page;
  return (
    <div className="flex flex-col gap-2 p-3 wide:px-4">
      {search && search.status !== "done" && <SearchProgress search={search} filters={filters} />}
      {searchedTo && !search && (
        <Banner
          tone="plain"
          icon="hourglass"
          action={newer && <Button onClick={() => onTurn(newer)}>Keep searching</Button>}
        >
          Searched up to <AbsoluteTime iso={searchedTo} />. No index covers this filter, so it is
          searched in steps. <IndexNote filters={filters} />
        </Banner>
      )}
      {rankedFrom && (
        <Banner tone="plain" icon="hourglass">
          Only tasks since <AbsoluteTime iso={rankedFrom} /> are ranked; the time range has more.
          Narrow it by time or queue to rank all of them.
        </Banner>
      )}
      {unreadable && unreadable.length > 0 && (
        <Banner tone="warning" icon="eye-off">
          Not included: {describeUnreadable(unreadable)}.
        </Banner>
      )}
    </div>
  );
}

function SearchProgress({ search, filters }: { search: ContinuedSearch; filters: TaskFilters }) {
  const { status, searchedTo, rows, problem } = search;
  const running = status === "running";
  return (
    <Banner
      tone={problem ? "warning" : "plain"}
      icon="hourglass"
      action={
        <Button onClick={running ? search.stop : search.resume}>
          {running ? "Stop" : "Continue"}
        </Button>
      }
    >
      {problem ??
        (running
          ? "Searching newest first, in steps: no index covers this filter."
          : "Stopped.")}{" "}
      {searchedTo && (
        <>
          Searched back to <AbsoluteTime iso={searchedTo} />
          {rows.length > 0 && `, ${plural(rows.length, "more task")} found`}.{" "}
        </>
      )}
      <IndexNote filters={filters} />
    </Banner>
  );
}

/** Explains why the list is empty, and what to do about it. */
export function NoTasks({
  filters,
  filtered,
  onChange,
  onClear,
}: Props & { filtered: boolean; onClear: () => void }) {
  if (filters.cursor) {
    return (
      <EmptyState
        icon="list-checks"
        title="This page is empty"
        actions={
          <Button variant="primary" onClick={() => onChange({})}>
            Go to the first page
          </Button>
        }
      >
        Its tasks no longer match the filters, or were cleaned up.
      </EmptyState>
    );
  }
  if (filtered) {
    return (
      <EmptyState
        icon="list-checks"
        title="No task matches"
        actions={
          <>
            <Button variant="primary" onClick={onClear}>
              Remove all filters
            </Button>
            {filters.range && <Button onClick={() => onChange({ range: null })}>Any time</Button>}
            {filters.state.length > 0 && (
              <Button onClick={() => onChange({ state: [] })}>Any state</Button>
            )}
          </>
        }
      >
        Names and values must match exactly; <code className="mono">any:</code> and{" "}
        <code className="mono">error:</code> also match parts of them.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="list-checks" title="No tasks yet">
      Tasks appear here as soon as a program spawns one:{" "}
      <code className="mono">{'await absurd.spawn("my-task", params)'}</code>
    </EmptyState>
  );
}
