"use client";
import { useState } from "react";
import { useDenied } from "@/components/layout/session/access-provider";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import type { Circuit } from "@/lib/model/workflow";

const CloseCircuitDialog = lazyDialog(() =>
  import("./close-circuit-dialog").then((m) => m.CloseCircuitDialog),
);

/** A button that opens the dialog to close a circuit breaker; renders nothing for a closed one. */
export function CloseCircuit({ circuit }: { circuit: Circuit }) {
  const [shown, setShown] = useState<Circuit>();
  const denied = useDenied("close circuit");
  return (
    <>
      {circuit.state !== "closed" && (
        <Button
          disabled={denied !== null}
          data-tip={denied ?? undefined}
          {...onIntent(CloseCircuitDialog.preload)}
          onClick={() => setShown(circuit)}
        >
          Close circuit
        </Button>
      )}
      {shown && <CloseCircuitDialog circuit={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
