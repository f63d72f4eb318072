"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Changes } from "@/components/ui/data/changes";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { cancelTaskAction } from "@/lib/actions/tasks";
import type { TaskDetail } from "@/lib/model/task";
import { StateLabel } from "../state/state-label";

/** Confirms the end of an active task. */
export function CancelDialog({ detail, onClose }: { detail: TaskDetail; onClose: () => void }) {
  const perform = usePerform();
  const [reason, setReason] = useState("");
  // What was shown when it opened: the page behind goes on changing.
  const [{ task, waits }] = useState(detail);
  const { queue, taskId, name, state } = task;
  return (
    <ConfirmDialog
      title="Cancel this task"
      danger
      confirmLabel="Cancel task"
      cancelLabel="Keep task"
      onClose={onClose}
      onConfirm={() =>
        perform(() => cancelTaskAction({ queue, taskId, reason }), {
          what: "The cancel",
          done: () => ({ title: "Task cancelled", text: name }),
        })
      }
    >
      <p className="break-words text-ink-2">
        <strong className="font-semibold text-ink">{name}</strong> in {queue} ends now and does not
        run again. This cannot be undone.
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
          ? "The rows change at once. The worker’s process goes on until its next checkpoint or heartbeat, and stops there."
          : waits.length > 0
            ? `It stops waiting for ${waits.map((wait) => wait.eventName).join(", ")}. Its steps so far are kept.`
            : "Its steps so far are kept."}
      </Changes>
      <div className="mt-3">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
