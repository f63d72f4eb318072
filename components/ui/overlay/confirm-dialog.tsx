"use client";
import { type ReactNode, useState } from "react";
import { type FailedOutcome, OutcomeError } from "../feedback/outcome-error";
import { Button } from "../form/button";
import { Dialog } from "./dialog";

/**
 * Asks for confirmation before a change. `onConfirm` resolves to the failure to show, or to nothing on success, which
 * closes the dialog. While it is pending the dialog cannot be closed.
 */
export function ConfirmDialog({
  title,
  confirmLabel,
  cancelLabel = "Cancel",
  danger = false,
  disabled = false,
  note,
  onConfirm,
  onClose,
  children,
}: {
  title: ReactNode;
  confirmLabel: string;
  /** The way out: `Keep …` where the action itself is a cancel, a drop or an abort. */
  cancelLabel?: string;
  danger?: boolean;
  disabled?: boolean;
  note?: ReactNode;
  onConfirm: () => Promise<FailedOutcome | undefined>;
  onClose: () => void;
  children: ReactNode;
}) {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<FailedOutcome>();
  async function confirm() {
    setPending(true);
    setFailure(undefined);
    const failed = await onConfirm();
    setPending(false);
    if (failed) setFailure(failed);
    else onClose();
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      locked={pending}
      footer={
        <>
          {note && <span className="mr-auto text-12 text-ink-3 max-wide:basis-full">{note}</span>}
          <Button
            size="large"
            onClick={onClose}
            disabled={pending}
            className="flex-1 wide:flex-none"
          >
            {failure ? "Close" : cancelLabel}
          </Button>
          <Button
            size="large"
            variant={danger ? "danger" : "primary"}
            disabled={disabled || pending}
            aria-busy={pending}
            onClick={confirm}
            className="flex-1 wide:flex-none"
          >
            {pending ? "Working…" : confirmLabel}
          </Button>
        </>
      }
    >
      {children}
      {failure && <OutcomeError failure={failure} />}
    </Dialog>
  );
}
