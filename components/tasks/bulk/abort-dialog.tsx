"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { abortBulkAction } from "@/lib/actions/bulk";
import type { BulkOperation } from "@/lib/analytics/bulk";
import { plural } from "@/lib/format";
import { BULK_WORDS } from "./bulk-words";

/** Confirms the end of a bulk operation that is under way. */
export function AbortDialog({
  operation,
  rest,
  onClose,
}: {
  operation: BulkOperation;
  rest: number;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [reason, setReason] = useState("");
  const { bulkId, action } = operation;
  return (
    <ConfirmDialog
      title="Abort this operation"
      danger
      confirmLabel="Abort"
      cancelLabel="Keep running"
      onClose={onClose}
      onConfirm={() =>
        perform(() => abortBulkAction({ bulkId, reason }), {
          what: "The abort",
          done: () => ({ title: "Aborted", text: "What was done stays done" }),
        })
      }
    >
      <p className="mb-3 text-ink-2">
        What was {BULK_WORDS[action].done} so far stays so. About {plural(rest, "task")} will not be
        touched.
      </p>
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}
