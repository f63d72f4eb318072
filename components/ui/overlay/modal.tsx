"use client";
"use no memo";
import {
  type ComponentProps,
  type KeyboardEvent,
  type PointerEvent,
  useLayoutEffect,
  useRef,
} from "react";
import { isComposing } from "../form/is-composing";

/** Initial focus of a modal: the first selector whose match is focusable. */
const FOCUS_ORDER = [
  "[data-autofocus]",
  "input:not([type=radio]):not(:disabled), input:checked, select:not(:disabled), textarea:not(:disabled)",
  "[data-confirm]",
  "h2",
];

/**
 * A native modal `<dialog>` that is open while it is mounted. Escape closes it, and so does a click that starts and
 * ends on the backdrop; a drag that starts in a text field and ends there must not discard what was typed. Focus moves
 * in, and returns to the opener on close.
 *
 * @param locked prevents closing while an operation runs that closing would not stop.
 * @param focusOrder selectors for the initial focus, in order.
 */
export function Modal({
  locked = false,
  focusOrder = FOCUS_ORDER,
  onClose,
  children,
  ...props
}: Omit<ComponentProps<"dialog">, "onClose" | "onCancel" | "ref"> & {
  locked?: boolean;
  focusOrder?: readonly string[];
  onClose: () => void;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const pressedBackdrop = useRef(false);
  useOpen(ref, focusOrder);

  function press(event: KeyboardEvent) {
    if (event.key !== "Escape" || isComposing(event)) return;
    // A dialog may be inside another one in the React tree; Escape closes only one of them.
    event.stopPropagation();
    // Prevented in the browser too, which closes the dialog on a second Escape although `cancel` was prevented.
    event.preventDefault();
    if (!locked) onClose();
  }
  return (
    <dialog
      {...props}
      ref={ref}
      onKeyDown={press}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        if (!locked) onClose();
      }}
      onClose={(event) => {
        // Closed by the browser, for example by a phone's back gesture: the page's state must follow.
        const dialog = event.currentTarget;
        if (event.target !== dialog || dialog.open || !dialog.isConnected) return;
        if (locked) dialog.showModal();
        else onClose();
      }}
      onPointerDown={(event) => {
        pressedBackdrop.current = isOnBackdrop(event);
      }}
      onClick={(event) => {
        const isBackdropClick = pressedBackdrop.current && isOnBackdrop(event);
        pressedBackdrop.current = false;
        if (isBackdropClick && !locked) onClose();
      }}
    >
      {children}
    </dialog>
  );
}

/** The backdrop is part of the dialog element but outside its box. */
function isOnBackdrop(event: React.MouseEvent | PointerEvent): boolean {
  if (event.target !== event.currentTarget) return false;
  const box = event.currentTarget.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

/** A layout effect, because the dialog must still be in the document when it closes, or the focus can't return. */
function useOpen(
  ref: React.RefObject<HTMLDialogElement | null>,
  focusOrder: readonly string[],
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves in once
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    const opener = document.activeElement;
    dialog.showModal();
    lockScroll();
    for (const selector of focusOrder) {
      const target = dialog.querySelector<HTMLElement>(selector);
      target?.focus();
      if (target && document.activeElement === target) break;
    }
    return () => {
      dialog.close();
      lockScroll();
      const { activeElement } = document;
      const lost = activeElement === document.body || dialog.contains(activeElement);
      if (!lost) return;
      // The opener may have been removed, such as the row of a task that was just cancelled.
      const next = opener?.isConnected ? opener : document.getElementById("main");
      if (next instanceof HTMLElement) next.focus({ preventScroll: true });
    };
  }, []);
}

/** A CSS rule with `:has()` would also lock scrolling, but makes the browser check the whole page on every change. */
function lockScroll(): void {
  const locked = document.querySelector("dialog:modal") !== null;
  document.documentElement.classList.toggle("overflow-hidden", locked);
}
