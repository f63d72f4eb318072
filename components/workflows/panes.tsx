import type { ReactNode } from "react";
import { Skeleton, SkeletonRows } from "@/components/ui/feedback/skeleton";

/** Graph on the left and tabs on the right; stacked on narrow screens. */
export function Panes({ graph, children }: { graph: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-1 flex-col wide:grid wide:min-h-0 wide:grid-cols-[minmax(0,11fr)_minmax(0,10fr)]">
      <div className="flex min-h-40 min-w-0 shrink-0 flex-col border-b bg-canvas wide:min-h-0 wide:border-r wide:border-b-0">
        {graph}
      </div>
      <div className="flex min-w-0 flex-col pt-1 wide:min-h-0 [&>[role=tabpanel]]:flex [&>[role=tabpanel]]:min-h-0 [&>[role=tabpanel]]:flex-1 [&>[role=tabpanel]]:flex-col [&>[role=tabpanel]]:overflow-auto">
        {children}
      </div>
    </div>
  );
}

/** Loading state of the page of a run or definition. */
export function PanesSkeleton() {
  return (
    <div className="flex flex-1 flex-col bg-surface">
      <div className="flex flex-col gap-4 px-3 py-4 wide:px-4">
        <Skeleton className="h-5 w-64" />
        <Skeleton className="w-96 max-w-full" />
      </div>
      <div className="h-8 border-b" />
      <SkeletonRows rows={8} columns={4} />
    </div>
  );
}
