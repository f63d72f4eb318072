import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { PanesSkeleton } from "@/components/workflows/panes";
import { RunPage } from "@/components/workflows/run/run-page";
import { formatShortId } from "@/lib/format";
import { readings } from "@/lib/live/readings";
import { isUuid } from "@/lib/model/ids";
import { runGraphQuery, workflowRunQuery } from "@/lib/query/workflows";
import { Hydrate, onServer } from "../../hydrate";

type Params = Promise<{ workflowRunId: string }>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: `Workflow run ${formatShortId((await params).workflowRunId)}` };
}

export default function WorkflowRunPage({ params }: { params: Params }) {
  return (
    <Suspense fallback={<PanesSkeleton />}>
      {params.then(({ workflowRunId }) => {
        if (!isUuid(workflowRunId)) notFound();
        const id = workflowRunId.toLowerCase();
        return (
          <Hydrate
            prefetch={[
              onServer(workflowRunQuery(id), () => readings.runView(undefined, id)),
              onServer(runGraphQuery(id), () => readings.runGraph(undefined, id)),
            ]}
          >
            <RunPage workflowRunId={id} />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
