"use client";
import { useQuery } from "@tanstack/react-query";
import { LiveData } from "@/components/layout/live/live-data";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { workflowDefinitionQuery } from "@/lib/query/workflows";
import { PanesSkeleton } from "../panes";
import { DefinitionHeader } from "./definition-header";

// Positions elements with inline styles, which the CSP forbids in server-rendered HTML.
const DefinitionBody = lazyPart(() => import("./definition-body").then((m) => m.DefinitionBody), {
  browserOnly: true,
  skeleton: <SkeletonRows rows={8} columns={4} />,
});

/** A stored definition: graph, inputs, operators and versions. */
export function DefinitionPage({ definitionId }: { definitionId: string }) {
  const query = useQuery(workflowDefinitionQuery(definitionId));
  useHotkeys({ r: () => query.refetch() });
  return (
    <LiveData every={null} whole query={query} skeleton={<PanesSkeleton />}>
      {(definition) => (
        <div className="flex min-h-full flex-col bg-surface wide:h-full wide:min-h-0">
          <DefinitionHeader definition={definition} />
          <DefinitionBody definition={definition} />
        </div>
      )}
    </LiveData>
  );
}
