"use client";
import { type ReactNode, useEffect, useId } from "react";
import { cn } from "@/lib/cn";
import { Icon } from "../icons/icon";
import { useModal } from "./use-modal";

/**
 * A modal dialog; on narrow screens a bottom sheet. The native `<dialog>` traps focus, closes on Escape and restores
 * focus.
 */
export function Dialog({
  title,
  onClose,
  children,
  footer,
  locked = false,
  wide = false,
}: {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  /** Prevents closing, while an operation runs that closing would not stop. */
  locked?: boolean;
  wide?: boolean;
}) {
  const ref = useModal();
  const titleId = useId();
  useEffect(() => {
    // Focus the first field or the title, not the close button, which comes first in the DOM.
    ref.current?.querySelector<HTMLElement>("[data-autofocus], h2")?.focus();
  }, [ref]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the native dialog closes on Escape
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!locked) onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current && !locked) onClose();
      }}
      className={cn(
        "float-in m-0 mt-auto w-full max-w-none rounded-t-3 whitespace-normal bg-raised p-0 text-left text-13 shadow-3 backdrop:bg-scrim wide:m-auto wide:rounded-3",
        wide ? "wide:w-[640px]" : "wide:w-[448px]",
      )}
    >
      <div className="flex max-h-[85dvh] flex-col">
        <div className="flex items-start justify-between gap-2 pt-3 pr-2 pl-4">
          <h2
            id={titleId}
            tabIndex={-1}
            className="min-w-0 outline-none break-words pt-0.5 font-semibold text-16"
          >
            {title}
          </h2>
          <button
            type="button"
            aria-label="Close"
            disabled={locked}
            onClick={onClose}
            className="grid size-11 shrink-0 place-items-center rounded-2 text-ink-2 hover:bg-active wide:size-7"
          >
            <Icon name="x" />
          </button>
        </div>
        <div className="min-h-0 overflow-y-auto px-4 pt-1 pb-4">{children}</div>
        {footer && (
          <div className="flex flex-wrap items-center justify-end gap-2 rounded-b-3 border-t bg-canvas px-4 py-3 pb-[max(12px,env(safe-area-inset-bottom))]">
            {footer}
          </div>
        )}
      </div>
    </dialog>
  );
}
