"use client";
import { useQuery } from "@tanstack/react-query";
import { OutcomeError } from "@/components/ui/feedback/outcome-error";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { previewRescheduleAction } from "@/lib/actions/tasks";
import type { Run, TaskDetail } from "@/lib/model/task";
import { RescheduleForm } from "./reschedule-form";

/** Looks at what the run waits for, then offers to move it. */
export function RescheduleDialog({
  detail,
  run,
  onClose,
}: {
  detail: TaskDetail;
  run: Run;
  onClose: () => void;
}) {
  const { queue } = detail.task;
  const preview = useQuery({
    queryKey: ["preview", "reschedule", queue, run.runId],
    queryFn: () => previewRescheduleAction({ queue, runId: run.runId }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (preview.data?.ok)
    return <RescheduleForm queue={queue} plan={preview.data.data} onClose={onClose} />;
  return (
    <ConfirmDialog
      title="Reschedule"
      confirmLabel="Reschedule"
      disabled
      onClose={onClose}
      onConfirm={async () => undefined}
    >
      {preview.isPending ? (
        <div
          role="status"
          aria-label="Looking at the run"
          className="flex h-48 flex-col gap-4 pt-2"
        >
          <Skeleton className="w-64" />
          <Skeleton className="w-40" />
        </div>
      ) : (
        <OutcomeError
          failure={{
            title: "It cannot be rescheduled",
            message: preview.data?.error.message ?? "The dashboard’s server did not answer.",
            hint: preview.data?.error.hint,
          }}
        />
      )}
    </ConfirmDialog>
  );
}
