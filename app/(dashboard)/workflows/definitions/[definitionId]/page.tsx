import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { DefinitionPage } from "@/components/workflows/definition/definition-page";
import { PanesSkeleton } from "@/components/workflows/panes";
import { formatShortId } from "@/lib/format";
import { readings } from "@/lib/live/readings";
import { isUuid } from "@/lib/model/ids";
import { workflowDefinitionQuery } from "@/lib/query/workflows";
import { Hydrate, onServer } from "../../../hydrate";

type Params = Promise<{ definitionId: string }>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: `Workflow definition ${formatShortId((await params).definitionId)}` };
}

export default function WorkflowDefinitionPage({ params }: { params: Params }) {
  return (
    <Suspense fallback={<PanesSkeleton />}>
      {params.then(({ definitionId }) => {
        if (!isUuid(definitionId)) notFound();
        const id = definitionId.toLowerCase();
        return (
          <Hydrate
            prefetch={[
              onServer(workflowDefinitionQuery(id), () => readings.definition(undefined, id)),
            ]}
          >
            <DefinitionPage definitionId={id} />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
