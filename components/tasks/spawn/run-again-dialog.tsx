"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { taskPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { runAgainAction } from "@/lib/actions/spawn";
import type { TaskDetail } from "@/lib/model/task";
import { useEdits } from "./run-again-edits";
import { RunAgainFields } from "./run-again-fields";

/** Spawns a copy of a task, as it was or edited. */
export function RunAgainDialog({ detail, onClose }: { detail: TaskDetail; onClose: () => void }) {
  const perform = usePerform();
  // What was shown when it opened: the page behind goes on changing.
  const [shown] = useState(detail);
  const [reason, setReason] = useState("");
  const form = useEdits(shown);
  const { queue, taskId, name, state } = shown.task;
  const edited = Object.values(form.changed).some(Boolean);
  return (
    <ConfirmDialog
      title="Run this task again"
      confirmLabel={edited ? "Run with these edits" : "Run again"}
      disabled={!form.valid}
      onClose={onClose}
      onConfirm={() =>
        perform(() => runAgainAction({ queue, taskId, reason, ...form.input }), {
          what: "The run again",
          done: ({ newTaskId }) => ({
            title: "A copy is queued",
            text: name,
            link: { href: taskPath(queue, newTaskId), label: "See it" },
          }),
        })
      }
    >
      <p className="break-words text-ink-2">
        A new task <strong className="font-semibold text-ink">{name}</strong> starts in {queue} from
        the beginning, without this one’s idempotency key. This one stays {state}; a header of the
        new one links to it.
      </p>
      <RunAgainFields form={form} />
      <div className="mt-2">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
