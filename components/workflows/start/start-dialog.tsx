"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { workflowRunPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { usePageRouter } from "@/components/ui/text/prefix";
import { startWorkflowRunAction } from "@/lib/actions/workflows";
import { previewQuery } from "@/lib/query/previews";
import { PreviewProblem } from "../preview-problem";
import { StartFields } from "./start-fields";
import { useStartForm } from "./use-start-form";

/** Starts a run of a stored definition and opens its page. */
export function StartDialog({
  definitionId,
  given,
  onClose,
}: {
  definitionId: string;
  /** Initial inputs from an earlier run, as JSON text. */
  given?: string | undefined;
  onClose: () => void;
}) {
  const router = usePageRouter();
  const perform = usePerform();
  const [reason, setReason] = useState("");
  const { data: prepared, error, refetch } = useQuery(previewQuery("start-form", { definitionId }));
  const form = useStartForm(prepared, given);
  return (
    <ConfirmDialog
      title={prepared ? `Start ${prepared.name} ${prepared.version}` : "Start workflow"}
      confirmLabel="Start run"
      disabled={form.request === undefined || form.problem !== undefined}
      onClose={onClose}
      onConfirm={async () => {
        const { request } = form;
        if (!request) return undefined;
        const failure = await perform(() => startWorkflowRunAction({ ...request, reason }), {
          failed: "Workflow not started",
          done: ({ name, created }) => ({
            title: created ? "Run started" : "Run already started",
            text: name,
          }),
        });
        if (!failure) router.push(workflowRunPath(request.workflowRunId));
        return failure;
      }}
    >
      {error && <PreviewProblem error={error} onRetry={() => refetch()} />}
      {!prepared && !error && <SkeletonRows rows={4} columns={2} />}
      {prepared && (
        <StartFields prepared={prepared} form={form} reason={reason} onReason={setReason} />
      )}
    </ConfirmDialog>
  );
}
