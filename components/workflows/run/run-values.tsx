"use client";
import { PayloadView } from "@/components/payloads/payload-view";
import { Panel } from "@/components/ui/data/panel";
import { formatSize } from "@/lib/format";
import type { WorkflowRunDetail } from "@/lib/model/workflow";
import { workflowPayloadQuery, workflowPayloadUrl } from "@/lib/query/workflows";
import { WORKFLOW_PAYLOADS } from "@/lib/search-params/workflows";

const TITLES = {
  inputs: ["Inputs", "none"],
  result: ["Result", "none yet"],
  error: ["Error", "none"],
} as const;

/** The run's inputs, result and error, or its definition. */
export function RunValues({
  detail,
  definition,
}: {
  detail: WorkflowRunDetail;
  definition: string | undefined;
}) {
  const { workflowRunId } = detail.run;
  if (definition !== undefined)
    return (
      <PayloadView payload={{ bytes: definition.length, text: definition }} absent="not stored" />
    );
  return (
    <div className="grid items-start gap-3 p-3 wide:px-4">
      {WORKFLOW_PAYLOADS.map((of) => {
        const payload = detail[of];
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
