"use client";
import { useQuery } from "@tanstack/react-query";
import { LiveData } from "@/components/layout/live-data";
import { Pager } from "@/components/layout/pager";
import { useRefreshInterval } from "@/components/layout/preferences-provider";
import { useHotkeys } from "@/components/ui/hotkeys";
import { SkeletonRows } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";
import { workflowRunsQuery } from "@/lib/query/workflows";
import { NoRuns } from "./no-runs";
import { RunFilterBar } from "./run-filter-bar";
import { RunTable } from "./run-table";
import { isFiltered, useWorkflowFilters } from "./use-workflow-filters";

/** The runs of workflows, newest first. `names` are those to choose from. */
export function RunList({ names }: { names: readonly string[] }) {
  const { filters, narrow, turnTo, clear } = useWorkflowFilters();
  const refetchInterval = useRefreshInterval();
  const query = useQuery({ ...workflowRunsQuery(filters), refetchInterval });
  const page = query.data;
  useHotkeys({ r: () => query.refetch() });
  const known = [...new Set([...names, ...(page?.rows.map((run) => run.name) ?? [])])].sort();
  const addTag = (tag: string) => narrow({ tag: [...new Set([...filters.tag, tag])] });
  return (
    <>
      <RunFilterBar filters={filters} names={known} onChange={narrow} onClear={clear} />
      <div
        aria-busy={query.isPlaceholderData}
        className={cn(
          "min-h-0 flex-1 overflow-auto border-t transition-opacity",
          query.isPlaceholderData && "opacity-60",
        )}
      >
        <LiveData query={query} skeleton={<SkeletonRows rows={20} columns={7} />}>
          {({ rows, tables }) =>
            rows.length > 0 ? (
              <RunTable rows={rows} tables={tables} onTag={addTag} />
            ) : (
              <NoRuns
                tables={tables}
                filtered={isFiltered(filters) || filters.cursor !== null}
                onClear={clear}
              />
            )
          }
        </LiveData>
      </div>
      <Pager
        page={page}
        note={
          page &&
          `${orderOf(page.tables.createdAt)} · ${plural(page.rows.length, "run")} on this page`
        }
        first={!filters.cursor}
        onTurn={turnTo}
      />
    </>
  );
}

/** A table without times of creation can only be paged by its key, which may be random. */
function orderOf(dated: boolean): string {
  return dated ? "Newest first" : "By id: the table has no created_at";
}
