"use client";
import { useSyncExternalStore } from "react";

const WIDE = "(min-width: 800px)";

/** Whether the viewport is at least as wide as the `wide` breakpoint. */
export function useWide(): boolean {
  return useSyncExternalStore(
    (notify) => {
      const query = window.matchMedia(WIDE);
      query.addEventListener("change", notify);
      return () => query.removeEventListener("change", notify);
    },
    () => window.matchMedia(WIDE).matches,
    () => true,
  );
}
