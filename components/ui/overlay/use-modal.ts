"use client";
import { type RefObject, useEffect, useRef } from "react";

/**
 * Opens a `<dialog>` as modal while it is mounted, and locks the scrolling of the page behind it. A CSS rule with `:has()`
 * would lock it too, but makes the browser check the whole page on every change.
 */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    lockScroll();
    return () => {
      dialog?.close();
      lockScroll();
    };
  }, []);
  return ref;
}

function lockScroll(): void {
  const locked = document.querySelector("dialog:modal") !== null;
  document.documentElement.classList.toggle("overflow-hidden", locked);
}
