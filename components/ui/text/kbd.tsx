"use client";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { useHotkeysOn } from "../form/hotkeys";

/**
 * One key, as a hint beside what it does; on narrow screens, which have no keyboard, there are no hints.
 *
 * @param always for keys that cannot be switched off: with Ctrl or Cmd, only where the focus is, or in an explanation.
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
