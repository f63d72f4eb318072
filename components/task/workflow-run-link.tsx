"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { workflowRunPath } from "@/components/layout/paths";
import { Link } from "@/components/ui/text/link";
import { isUuid } from "@/lib/model/ids";
import { findQuery } from "@/lib/query/find";
import { serializeTaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { parseTaskQuery } from "@/lib/search-params/tasks/query";

/**
 * Links to the workflow run named in a task's header. If that run isn't stored, links to the tasks with the same
 * header, because any program may set it.
 */
export function WorkflowRunLink({
  workflowRunId,
  className,
  children,
}: {
  workflowRunId: string;
  className: string;
  children: ReactNode;
}) {
  const isId = isUuid(workflowRunId);
  const { data } = useQuery({ ...findQuery(workflowRunId), enabled: isId });
  const isStored = data?.found.some(({ kind }) => kind === "workflow");
  if (isStored || (isId && data === undefined))
    return (
      <Link href={workflowRunPath(workflowRunId)} className={className}>
        {children}
      </Link>
    );
  const { query } = parseTaskQuery(`headers.workflow_run_id:${JSON.stringify(workflowRunId)}`);
  return (
    <Link
      href={`/tasks${serializeTaskFilters({ ...taskFilters(), ...query })}`}
      className={className}
      data-tip="No run with this id is stored. Shows the tasks with this header."
    >
      {children}
    </Link>
  );
}
