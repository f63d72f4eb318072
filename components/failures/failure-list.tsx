"use client";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { parseAsString, useQueryState, useQueryStates } from "nuqs";
import { useRef } from "react";
import { useWindowRefresh } from "@/components/charts/use-window";
import { WINDOW_WORDS, WindowSwitch } from "@/components/charts/window-switch";
import { LiveData } from "@/components/layout/live-data";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useHotkeys } from "@/components/ui/hotkeys";
import { moveRowFocus } from "@/components/ui/move-row-focus";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { FailureList as Failures } from "@/lib/analytics/failures";
import { plural } from "@/lib/format";
import { failuresQuery } from "@/lib/query/failures";
import {
  type FailureFilters,
  failureFilters,
  failuresSearchParams,
} from "@/lib/search-params/windows";
import { FailureFilterBar } from "./failure-filter-bar";
import { FailureHead } from "./failure-head";
import { FailureNotes } from "./failure-notes";
import { FailureRow } from "./failure-row";

/** What fails, and why: one row a cause. */
export function FailureList() {
  const [filters, setFilters] = useQueryStates(failuresSearchParams, { history: "push" });
  const [opened, open] = useQueryState("group", parseAsString);
  const query = useQuery({
    ...failuresQuery(filters),
    refetchInterval: useWindowRefresh(filters.range),
  });
  const box = useRef<HTMLUListElement>(null);
  useHotkeys({
    r: () => query.refetch(),
    j: () => moveRowFocus(box.current, 1),
    k: () => moveRowFocus(box.current, -1),
  });
  const clear = () => setFilters(failureFilters({ range: filters.range }));
  return (
    <div className="flex flex-col gap-3 p-3 wide:px-4">
      <h1 className="sr-only">Failures</h1>
      <div className="flex flex-wrap items-center gap-2">
        <FailureFilterBar filters={filters} onChange={setFilters} />
        <span className="ml-auto">
          <WindowSwitch value={filters.range} onChange={(range) => setFilters({ range })} />
        </span>
      </div>
      <LiveData query={query} skeleton={<FailureListSkeleton inside />}>
        {(list) => (
          <>
            <FailureNotes list={list} />
            <Panel
              title="Failures"
              note={`${plural(list.groups.length + list.hiddenGroups, "cause")}, ${plural(list.attempts, "failed attempt")} in the ${WINDOW_WORDS[list.window]}`}
              aside={<span className="max-wide:hidden">a task counts where it failed last</span>}
            >
              {list.groups.length === 0 ? (
                <NoFailures list={list} filtered={isFiltered(filters)} onClear={clear} />
              ) : (
                <>
                  <FailureHead />
                  <ul ref={box} aria-label="Causes" className="-mb-px">
                    {list.groups.map((group) => (
                      <FailureRow
                        key={group.id}
                        group={group}
                        filters={filters}
                        open={group.id === opened}
                        onToggle={() => open(group.id === opened ? null : group.id)}
                      />
                    ))}
                  </ul>
                </>
              )}
            </Panel>
          </>
        )}
      </LiveData>
    </div>
  );
}

const isFiltered = ({ queue, name, tenant }: FailureFilters) =>
  queue.length + name.length + tenant.length > 0;

function NoFailures({
  list,
  filtered,
  onClear,
}: {
  list: Failures;
  filtered: boolean;
  onClear: () => void;
}) {
  return (
    <EmptyState
      icon={CircleCheck}
      title={
        filtered ? "Nothing of this failed" : `Nothing failed in the ${WINDOW_WORDS[list.window]}`
      }
      actions={
        filtered && (
          <Button variant="primary" onClick={onClear}>
            Remove all filters
          </Button>
        )
      }
    >
      {!filtered && "Every attempt that ended, completed. Look further back to see older failures."}
    </EmptyState>
  );
}

export function FailureListSkeleton({ inside = false }: { inside?: boolean }) {
  const panel = (
    <Panel title="Failures">
      <SkeletonRows rows={10} columns={6} />
    </Panel>
  );
  if (inside) return panel;
  return (
    <div className="flex flex-col gap-3 p-3 wide:px-4">
      <div className="h-9 wide:h-7" />
      {panel}
    </div>
  );
}
