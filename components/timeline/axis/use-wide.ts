"use client";
import { useSyncExternalStore } from "react";

/** Width of the `wide` breakpoint, in CSS pixels. */
const WIDE = 800;

/** Whether the viewport is at least `from` CSS pixels wide, by default as wide as the `wide` breakpoint. */
export function useWide(from = WIDE): boolean {
  const media = `(min-width: ${from}px)`;
  return useSyncExternalStore(
    (notify) => {
      const query = window.matchMedia(media);
      query.addEventListener("change", notify);
      return () => query.removeEventListener("change", notify);
    },
    () => window.matchMedia(media).matches,
    () => true,
  );
}
