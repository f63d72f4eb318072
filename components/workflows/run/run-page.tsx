"use client";
import { useQuery } from "@tanstack/react-query";
import { LiveData } from "@/components/layout/live/live-data";
import { polled } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import type { RunView } from "@/lib/highway/view/run-view";
import { runGraphQuery, workflowRunQuery } from "@/lib/query/workflows";
import { isRunActive } from "../list/run-duration";
import { PanesSkeleton } from "../panes";
import { RunHeader } from "./run-header";

// Positions elements with inline styles, which the CSP forbids in server-rendered HTML.
const RunBody = lazyPart(() => import("./run-body").then((m) => m.RunBody), {
  browserOnly: true,
  skeleton: <SkeletonRows rows={8} columns={4} />,
});

/** Whether the run can no longer change. */
const isOver = (data: RunView | undefined) => data && !isRunActive(data.run) && !data.searchedTo;

/** One workflow run: status, graph, and the timeline of all its tasks. */
export function RunPage({ workflowRunId }: { workflowRunId: string }) {
  const interval = useRefreshInterval();
  const query = useQuery({
    ...workflowRunQuery(workflowRunId),
    refetchInterval: polled<RunView>(({ state }) => !isOver(state.data) && interval),
  });
  const every = isOver(query.data) ? null : interval;
  const definition = useQuery(runGraphQuery(workflowRunId));
  return (
    <LiveData whole every={every} query={query} skeleton={<PanesSkeleton />}>
      {(view) => (
        <div className="flex min-h-full flex-col bg-surface wide:h-full wide:min-h-0">
          <RunHeader view={view} definition={definition.data} />
          <RunBody view={view} definition={definition.data} failed={definition.error?.message} />
        </div>
      )}
    </LiveData>
  );
}
