"use client";
"use no memo";
import { type FormEvent, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";
import { ScrollBox } from "../data/scroll-box";
import { isComposing } from "../form/is-composing";
import { Icon } from "../icons/icon";
import { Modal } from "./modal";

/**
 * A modal dialog; a bottom sheet on narrow screens.
 *
 * @param onSubmit makes it a form: Enter in a single-line field submits it, and so does Ctrl or Cmd with Enter anywhere
 * in it.
 */
export function Dialog({
  title,
  onClose,
  onSubmit,
  children,
  footer,
  locked = false,
  wide = false,
  focusOrder,
}: {
  title: ReactNode;
  onClose: () => void;
  onSubmit?: () => void;
  children: ReactNode;
  footer?: ReactNode;
  locked?: boolean;
  wide?: boolean;
  focusOrder?: readonly string[];
}) {
  const titleId = useId();
  const Body = onSubmit ? "form" : "div";
  return (
    <Modal
      aria-labelledby={titleId}
      locked={locked}
      {...(focusOrder && { focusOrder })}
      onClose={onClose}
      className={cn(
        "float-in m-0 mt-auto w-full max-w-none rounded-t-3 whitespace-normal bg-raised p-0 text-left text-13 shadow-3 backdrop:bg-scrim wide:m-auto wide:rounded-3",
        wide ? "wide:w-[640px]" : "wide:w-[448px]",
      )}
    >
      <Body {...(onSubmit && formProps(onSubmit))} className="flex max-h-[85dvh] flex-col">
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
        <ScrollBox className="min-h-0 overflow-y-auto px-4 pt-1 pb-4">{children}</ScrollBox>
        {footer && (
          <div className="flex flex-wrap items-center justify-end gap-2 rounded-b-3 border-t bg-canvas px-4 py-3 pb-[max(12px,env(safe-area-inset-bottom))]">
            {footer}
          </div>
        )}
      </Body>
    </Modal>
  );
}

function formProps(onSubmit: () => void) {
  return {
    noValidate: true,
    onSubmit: (event: FormEvent) => {
      event.preventDefault();
      // React bubbles submit events of dialogs that are inside this one in the React tree.
      event.stopPropagation();
      onSubmit();
    },
    onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => {
      if (event.key !== "Enter") return;
      if (isComposing(event)) event.preventDefault();
      else if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        event.stopPropagation();
        onSubmit();
      }
    },
  };
}
