"use client";
import { useState } from "react";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";

const EmitDialog = lazyDialog(() =>
  import("@/components/events/emit-dialog").then((m) => m.EmitDialog),
);

/** A button that opens the emit dialog for the awaited event. */
export function EmitAwaited({
  awaited: { queue, event },
}: {
  awaited: { queue: string; event: string };
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <PermittedButton
        permission="emit event"
        {...onIntent(EmitDialog.preload)}
        variant="primary"
        onClick={() => setOpen(true)}
        data-tip={event}
      >
        <Icon name="zap" size={14} />
        Emit event
      </PermittedButton>
      {open && <EmitDialog queue={queue} name={event} onClose={() => setOpen(false)} />}
    </>
  );
}
