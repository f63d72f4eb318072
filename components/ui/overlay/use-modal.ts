"use client";
import { type RefObject, useEffect, useRef } from "react";

/**
 * Opens a `<dialog>` above the page for as long as it is mounted; the page behind it stays where it is. A rule with `:has()`
 * would say the latter as well, and make the browser look through the whole page at every change.
 */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    holdPage();
    return () => {
      dialog?.close();
      holdPage();
    };
  }, []);
  return ref;
}

function holdPage(): void {
  const held = document.querySelector("dialog:modal") !== null;
  document.documentElement.classList.toggle("overflow-hidden", held);
}
