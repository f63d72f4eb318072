"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Changes } from "@/components/ui/data/changes";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { closeCircuitAction } from "@/lib/actions/circuits";
import type { Circuit } from "@/lib/model/workflow";
import { formatCircuitState } from "./circuit-state";

/** Confirms closing a circuit breaker early. */
export function CloseCircuitDialog({
  circuit,
  onClose,
}: {
  circuit: Circuit;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [reason, setReason] = useState("");
  const { tenantId, workflowName, operator, revision } = circuit;
  return (
    <ConfirmDialog
      title="Close circuit"
      confirmLabel="Close circuit"
      onClose={onClose}
      onConfirm={() =>
        perform(() => closeCircuitAction({ tenantId, workflowName, operator, revision, reason }), {
          failed: "Circuit not closed",
          done: () => ({ title: "Circuit closed", text: operator }),
        })
      }
    >
      <p className="break-words text-ink-2">
        All runs of <strong className="font-semibold text-ink">{workflowName}</strong> in the tenant{" "}
        <strong className="font-semibold text-ink">{tenantId}</strong> may call{" "}
        <code className="mono text-ink">{operator}</code> again at once. Attempts that already wait
        for the circuit keep their time.
      </p>
      <Changes
        changes={[
          { label: "State", from: formatCircuitState(circuit), to: "closed" },
          ...(circuit.failures > 0
            ? [{ label: "Failures", from: String(circuit.failures), to: "0" }]
            : []),
        ]}
      />
      <div className="mt-3">
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
