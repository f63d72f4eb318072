"use client";
import { useEffect, useEffectEvent } from "react";

/** Whether a key press belongs to something that takes text, or to a dialog that is open. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (document.querySelector("dialog:modal")) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}

/** Single-key shortcuts for as long as the component is mounted. They never fire while someone types. */
export function useHotkeys(keys: Record<string, (() => void) | undefined>): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const run = keys[event.key];
    if (!run || isTaken(event)) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
