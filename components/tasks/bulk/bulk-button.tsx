"use client";
"use no memo";
import { useState } from "react";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";
import type { BulkAction } from "@/lib/model/rows/bulk";
import type { BulkDialogSelection } from "./bulk-dialog";

const BulkDialog = lazyDialog(() => import("./bulk-dialog").then((m) => m.BulkDialog));

/** Opens the bulk dialog for selected tasks, or for all matching tasks. */
export function BulkButton({
  label,
  selection,
  action,
  onStarted,
}: {
  label: string;
  /** Called when the button is pressed. */
  selection: () => BulkDialogSelection;
  action?: BulkAction;
  onStarted?: () => void;
}) {
  const [open, setOpen] = useState<BulkDialogSelection | null>(null);
  return (
    <>
      <PermittedButton
        permission="start bulk"
        {...onIntent(BulkDialog.preload)}
        onClick={() => setOpen(selection())}
      >
        <Icon name="layers" size={14} />
        {label}
      </PermittedButton>
      {open && (
        <BulkDialog
          selection={open}
          onClose={() => setOpen(null)}
          {...(action && { action })}
          {...(onStarted && { onStarted })}
        />
      )}
    </>
  );
}
