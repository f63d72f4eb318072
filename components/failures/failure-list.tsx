"use client";
import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState, useQueryStates } from "nuqs";
import { useWindowRefresh } from "@/components/charts/use-window";
import { WindowPage } from "@/components/charts/window-page";
import { WINDOW_WORDS } from "@/components/charts/window-switch";
import { Panel } from "@/components/ui/data/panel";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Button } from "@/components/ui/form/button";
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
  const clear = () => setFilters(failureFilters({ range: filters.range }));
  return (
    <WindowPage
      title="Failures"
      aside={<FailureFilterBar filters={filters} onChange={setFilters} />}
      window={filters.range}
      onWindow={(range) => setFilters({ range })}
      query={query}
    >
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
                <ul aria-label="Causes" className="-mb-px">
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
    </WindowPage>
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
      icon="circle-check"
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
