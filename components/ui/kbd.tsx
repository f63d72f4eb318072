"use client";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { useHotkeysOn } from "./hotkeys";

/**
 * One key, as a hint beside what it does. Gone while such keys are switched off, and on narrow screens, which have no
 * keyboard.
 *
 * @param chord part of what Ctrl or Cmd begins, or of an explanation: it is always there.
 */
export function Kbd({ chord = false, children }: { chord?: boolean; children: ReactNode }) {
  if (!useHotkeysOn() && !chord) return null;
  return (
    <kbd
      aria-hidden={!chord}
      className={cn(
        "ml-0.5 min-w-4 rounded-1 border border-line border-b-line-strong bg-surface px-1 text-center font-medium font-sans text-11 text-ink-3 leading-4",
        chord ? "inline-block" : "hidden wide:inline-block",
      )}
    >
      {children}
    </kbd>
  );
}
