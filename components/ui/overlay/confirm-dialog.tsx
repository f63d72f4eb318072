"use client";
import { type ReactNode, useRef, useState } from "react";
import { type FailedOutcome, OutcomeError } from "../feedback/outcome-error";
import { Button } from "../form/button";
import { Kbd, ModifierKey } from "../text/kbd";
import { Dialog } from "./dialog";

/** A destructive dialog initially focuses its confirmation rather than an optional reason. */
const DANGER_FOCUS = ["[data-autofocus]", "[data-confirm]", "h2"];

/**
 * Asks for confirmation before a change. `onConfirm` resolves to the failure to show, or to nothing on success, which
 * closes the dialog. While it is pending the dialog cannot be closed or confirmed again.
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
  /** Label of the button that closes the dialog: `Keep …` if the action itself is a cancel, drop or abort. */
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
  // Several clicks may arrive before React renders the disabled button.
  const running = useRef(false);
  async function confirm() {
    if (disabled || running.current) return;
    running.current = true;
    setPending(true);
    setFailure(undefined);
    const failed = await onConfirm().catch(() => UNKNOWN);
    running.current = false;
    setPending(false);
    if (failed) setFailure(failed);
    else onClose();
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={confirm}
      locked={pending}
      {...(danger && { focusOrder: DANGER_FOCUS })}
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
          {/* Not `disabled`, so that it keeps the focus while a preview loads and Enter confirms once it has. */}
          <Button
            type="submit"
            data-confirm
            size="large"
            variant={danger ? "danger" : "primary"}
            aria-disabled={disabled || pending}
            aria-busy={pending}
            aria-keyshortcuts="Control+Enter"
            className="flex-1 wide:flex-none"
          >
            {pending ? (
              "Working…"
            ) : (
              <>
                {confirmLabel}
                <span aria-hidden className="hidden wide:inline">
                  <Kbd always plain>
                    <ModifierKey /> ↵
                  </Kbd>
                </span>
              </>
            )}
          </Button>
        </>
      }
    >
      {children}
      {failure && <OutcomeError failure={failure} />}
    </Dialog>
  );
}

const UNKNOWN: FailedOutcome = {
  title: "Outcome unknown",
  code: "outcome_unknown",
  message: "The page hit an unexpected error, so the change may or may not have been made.",
  hint: "Check the current state before you try again.",
  changed: "unknown",
};
