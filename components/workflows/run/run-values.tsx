"use client";
import { useQuery } from "@tanstack/react-query";
import { ReadError } from "@/components/layout/live/read-error";
import { PayloadView } from "@/components/payloads/payload-view";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { formatSize } from "@/lib/format";
import type { RunView } from "@/lib/highway/view/run-view";
import {
  runDefinitionQuery,
  workflowPayloadQuery,
  workflowPayloadUrl,
} from "@/lib/query/workflows";
import { WORKFLOW_PAYLOADS } from "@/lib/search-params/workflows";

const TITLES = {
  inputs: ["Inputs", "none"],
  result: ["Result", "none yet"],
  error: ["Error", "none"],
} as const;

/** The run's inputs, result and error. */
export function RunValues({ view }: { view: RunView }) {
  const { workflowRunId } = view.run;
  return (
    <div className="grid items-start gap-3 p-3 wide:px-4">
      {WORKFLOW_PAYLOADS.map((of) => {
        const payload = view[of];
        const [title, absent] = TITLES[of];
        return (
          <Panel key={of} title={title} note={payload && `${formatSize(payload)}, JSON`}>
            <PayloadView
              payload={payload}
              source={{
                query: workflowPayloadQuery(workflowRunId, of),
                url: workflowPayloadUrl(workflowRunId, of),
              }}
              absent={absent}
            />
          </Panel>
        );
      })}
    </div>
  );
}

/** The JSON of the run's definition, fetched when its tab is opened. */
export function RunDefinitionText({ workflowRunId }: { workflowRunId: string }) {
  const { data, error, refetch } = useQuery(runDefinitionQuery(workflowRunId));
  if (error) return <ReadError heading="h2" error={error} onRetry={() => refetch()} />;
  if (!data) return <SkeletonRows rows={8} columns={2} />;
  return <PayloadView payload={{ bytes: data.text.length, text: data.text }} />;
}
