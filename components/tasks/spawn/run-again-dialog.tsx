"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { useRequestId } from "@/components/layout/use-request-id";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { runAgainAction } from "@/lib/actions/tasks";
import type { TaskDetail } from "@/lib/model/task";
import { CopyFields, useCopyForm } from "./copy-fields";

/** Spawns a copy of a task, with or without edits. */
export function RunAgainDialog({ detail, onClose }: { detail: TaskDetail; onClose: () => void }) {
  const perform = usePerform();
  const requestId = useRequestId();
  // A snapshot, because the page behind keeps updating.
  const [shown] = useState(detail);
  const [reason, setReason] = useState("");
  const form = useCopyForm(shown);
  const { queue, taskId, name, state } = shown.task;
  const edited = Object.values(form.changed).some(Boolean);
  return (
    <ConfirmDialog
      title="Run task again"
      confirmLabel={edited ? "Run with edits" : "Run again"}
      disabled={!form.valid}
      onClose={onClose}
      onConfirm={() =>
        perform(() => runAgainAction({ requestId, queue, taskId, reason, ...form.input }), {
          failed: "Task not run again",
          done: ({ newTaskId }) => ({
            title: "Copy spawned",
            text: name,
            link: { href: taskPath(queue, newTaskId), label: "Open task" },
          }),
        })
      }
    >
      <p className="break-words text-ink-2">
        Spawns a copy of <strong className="font-semibold text-ink">{name}</strong> in {queue},
        without its idempotency key. The copy starts from the first step and links back in a header;
        the original stays {state}.
      </p>
      <CopyFields form={form} />
      <div className="mt-2">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
