"use client";
import { PagedList } from "@/components/layout/list/paged-list";
import { useRefresh } from "@/components/layout/live/use-refresh";
import { ScrollBox } from "@/components/ui/data/scroll-box";
import { Banner } from "@/components/ui/feedback/banner";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Button } from "@/components/ui/form/button";
import { plural } from "@/lib/format";
import { describeUnreadable } from "@/lib/model/queue";
import type { WorkflowTables } from "@/lib/model/workflow";
import { useLiveRuns } from "./live-runs";
import { RunFilterBar } from "./run-filter-bar";
import { RunTable } from "./run-table";
import { isFiltered, useWorkflowFilters } from "./use-workflow-filters";

/** Workflow runs, newest first. `names` are the suggestions of the name filter. */
export function RunList({ names }: { names: readonly string[] }) {
  const { filters, narrow, turnTo, clear } = useWorkflowFilters();
  const { query, rows, removed, stale, newCount, showNewest } = useLiveRuns(filters);
  const refresh = useRefresh();
  const known = [...new Set([...names, ...(query.data?.rows.map((run) => run.name) ?? [])])].sort();
  const addTag = (tag: string) => narrow({ tag: [...new Set([...filters.tag, tag])] });
  return (
    <PagedList
      bar={<RunFilterBar filters={filters} names={known} onChange={narrow} onClear={clear} />}
      query={query}
      cursor={filters.cursor}
      onTurn={turnTo}
      newer={{ count: newCount, limit: filters.limit, onShow: () => showNewest() }}
      keys={{
        r: () => {
          refresh();
          query.refetch({ cancelRefetch: false }).then(showNewest);
        },
      }}
      note={({ tables }) =>
        `${describeOrder(tables.createdAt)} · ${plural(rows.length, "run")} on this page`
      }
      columns={7}
    >
      {({ tables, unreadable }) => (
        <>
          {rows.length > 0 ? (
            <RunTable rows={rows} removed={removed} stale={stale} tables={tables} onTag={addTag} />
          ) : (
            <NoRuns
              tables={tables}
              filtered={isFiltered(filters) || filters.cursor !== null}
              onClear={clear}
            />
          )}
          {unreadable && (
            <Banner tone="warning" icon="eye-off">
              Root tasks in these queues were not read: {describeUnreadable(unreadable)}.
            </Banner>
          )}
        </>
      )}
    </PagedList>
  );
}

/** A table without `created_at` can only be paged by its key, which may be random. */
function describeOrder(dated: boolean): string {
  return dated ? "Newest first" : "By id: the table has no created_at";
}

/** Explains why the list is empty, and what to do about it. */
function NoRuns({
  tables,
  filtered,
  onClear,
}: {
  tables: WorkflowTables;
  filtered: boolean;
  onClear: () => void;
}) {
  if (!tables.runs)
    return (
      <EmptyState icon="workflow" title="Workflow runs are not installed">
        <p>
          The table <code className="mono">public.workflow_run</code> does not exist. Tasks work
          without it; to record workflow runs, install it:
        </p>
        <ScrollBox className="mt-3 overflow-x-auto rounded-2 border bg-canvas px-3 py-2 text-left">
          <pre className="mono">absurd-dashboard migrate</pre>
        </ScrollBox>
      </EmptyState>
    );
  if (filtered)
    return (
      <EmptyState
        icon="workflow"
        title="No run matches"
        actions={
          <Button variant="primary" onClick={onClear}>
            Remove all filters
          </Button>
        }
      >
        Names, versions and tags must match exactly.
      </EmptyState>
    );
  return (
    <EmptyState icon="workflow" title="No workflow runs yet">
      Runs appear here when a program creates one:{" "}
      <code className="mono">createWorkflowRun(db, queue, …)</code>
    </EmptyState>
  );
}
