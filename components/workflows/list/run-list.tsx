"use client";
import { useQuery } from "@tanstack/react-query";
import { PagedList } from "@/components/layout/list/paged-list";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
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
  const known = [...new Set([...names, ...(query.data?.rows.map((run) => run.name) ?? [])])].sort();
  const addTag = (tag: string) => narrow({ tag: [...new Set([...filters.tag, tag])] });
  return (
    <PagedList
      bar={<RunFilterBar filters={filters} names={known} onChange={narrow} onClear={clear} />}
      query={query}
      cursor={filters.cursor}
      onTurn={turnTo}
      note={({ rows, tables }) =>
        `${orderOf(tables.createdAt)} · ${plural(rows.length, "run")} on this page`
      }
      columns={7}
    >
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
    </PagedList>
  );
}

/** A table without times of creation can only be paged by its key, which may be random. */
function orderOf(dated: boolean): string {
  return dated ? "Newest first" : "By id: the table has no created_at";
}
