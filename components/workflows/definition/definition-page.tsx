"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { LiveData } from "@/components/layout/live/live-data";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { workflowDefinitionQuery } from "@/lib/query/workflows";
import { PanesSkeleton } from "../panes";
import { DefinitionHeader } from "./definition-header";

// Positions elements by inline styles, which the CSP forbids in server HTML.
const DefinitionBody = dynamic(() => import("./definition-body").then((m) => m.DefinitionBody), {
  ssr: false,
  loading: () => <SkeletonRows rows={8} columns={4} />,
});

/** A stored definition: graph, inputs, operators and versions. */
export function DefinitionPage({ definitionId }: { definitionId: string }) {
  const query = useQuery(workflowDefinitionQuery(definitionId));
  useHotkeys({ r: () => query.refetch() });
  return (
    <LiveData whole query={query} skeleton={<PanesSkeleton />}>
      {(definition) => (
        <div className="flex min-h-full flex-col bg-surface wide:h-full wide:min-h-0">
          <DefinitionHeader definition={definition} />
          <DefinitionBody definition={definition} />
        </div>
      )}
    </LiveData>
  );
}
