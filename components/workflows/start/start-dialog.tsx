"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { workflowRunPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { prepareStartAction, startWorkflowRunAction } from "@/lib/actions/workflows";
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
  const router = useRouter();
  const perform = usePerform();
  const [reason, setReason] = useState("");
  const { data, error } = useQuery({
    queryKey: ["prepare", "workflow start", definitionId],
    queryFn: () => prepareStartAction({ definitionId }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const prepared = data?.ok ? data.data : undefined;
  const form = useStartForm(prepared, given);
  const failed = data?.ok === false ? data.error : undefined;
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
      {(failed || error) && (
        <p role="alert" className="text-failed">
          {failed ? `${failed.message} ${failed.hint ?? ""}` : "Could not load the definition."}
        </p>
      )}
      {!prepared && !failed && !error && <SkeletonRows rows={4} columns={2} />}
      {prepared && (
        <StartFields prepared={prepared} form={form} reason={reason} onReason={setReason} />
      )}
    </ConfirmDialog>
  );
}
