"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Changes } from "@/components/ui/data/changes";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { cancelTaskAction } from "@/lib/actions/tasks";
import type { TaskDetail } from "@/lib/model/task";
import { StateLabel } from "../state/state-label";

/** Cancels an active task. */
export function CancelDialog({ detail, onClose }: { detail: TaskDetail; onClose: () => void }) {
  const perform = usePerform();
  const [reason, setReason] = useState("");
  // A snapshot, because the page behind keeps updating.
  const [{ task, waits }] = useState(detail);
  const { queue, taskId, name, state } = task;
  return (
    <ConfirmDialog
      title="Cancel task"
      danger
      confirmLabel="Cancel task"
      cancelLabel="Keep task"
      onClose={onClose}
      onConfirm={() =>
        perform(() => cancelTaskAction({ queue, taskId, reason }), {
          failed: "Task not cancelled",
          done: () => ({ title: "Task cancelled", text: name }),
        })
      }
    >
      <p className="break-words text-ink-2">
        Ends <strong className="font-semibold text-ink">{name}</strong> in {queue}; it will not run
        again. This cannot be undone.
      </p>
      <Changes
        changes={[
          {
            label: "State",
            from: <StateLabel state={state} />,
            to: <StateLabel state="cancelled" />,
          },
        ]}
      >
        {state === "running"
          ? "The state changes at once. The worker itself stops at its next checkpoint or heartbeat."
          : waits.length > 0
            ? `Stops waiting for ${waits.map((wait) => wait.eventName).join(", ")}. Completed steps are kept.`
            : "Completed steps are kept."}
      </Changes>
      <div className="mt-3">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
