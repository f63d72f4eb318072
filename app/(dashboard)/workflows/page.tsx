import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { WorkflowList, WorkflowListSkeleton } from "@/components/workflows/list/workflow-list";
import { readings } from "@/lib/live/readings";
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
            onServer(workflowRunsQuery(filters), () => readings.workflowRuns(undefined, filters)),
            onServer(workflowDefinitionsQuery(), () => readings.definitions(undefined)),
          ]}
        >
          <WorkflowList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
