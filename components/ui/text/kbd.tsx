"use client";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { useHotkeysOn } from "../form/hotkeys";

/**
 * A key, as a hint beside its action. Hints are hidden on narrow screens and while single-key shortcuts are off.
 *
 * @param always shows the key even then: for keys with Ctrl or Cmd, keys of a focused element, and explanations.
 */
export function Kbd({ always = false, children }: { always?: boolean; children: ReactNode }) {
  if (!useHotkeysOn() && !always) return null;
  return (
    <kbd
      aria-hidden={!always}
      className={cn(
        "ml-0.5 min-w-4 rounded-1 border border-line border-b-line-strong bg-surface px-1 text-center font-medium font-sans text-11 text-ink-3 leading-4",
        always ? "inline-block" : "hidden wide:inline-block",
      )}
    >
      {children}
    </kbd>
  );
}
