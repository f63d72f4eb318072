import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { WorkflowList, WorkflowListSkeleton } from "@/components/workflows/list/workflow-list";
import { listWorkflowDefinitions } from "@/lib/analytics/workflow-definitions";
import { listWorkflowRuns } from "@/lib/analytics/workflows";
import { workflowDefinitionsQuery, workflowRunsQuery } from "@/lib/query/workflows";
import { workflowsSearchParams } from "@/lib/search-params/workflows";
import { Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Workflows" };

const loadFilters = createLoader(workflowsSearchParams);

export default function WorkflowsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<WorkflowListSkeleton />}>
      {loadFilters(searchParams).then((filters) => (
        <Hydrate
          prefetch={[
            onServer(workflowRunsQuery(filters), () => listWorkflowRuns(filters)),
            onServer(workflowDefinitionsQuery(), () => listWorkflowDefinitions()),
          ]}
        >
          <WorkflowList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
