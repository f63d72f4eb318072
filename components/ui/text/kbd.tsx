"use client";
"use no memo";
import { type ReactNode, useSyncExternalStore } from "react";
import { cn } from "@/lib/cn";
import { useHotkeysOn } from "../form/hotkeys";

/**
 * A key as a hint beside its action. Hints are hidden on narrow screens and while single-key shortcuts are off.
 *
 * @param always shows the key even then: for keys with Ctrl or Cmd, keys of a focused element, and explanations.
 * @param plain omits the frame, for keys on a coloured button.
 */
export function Kbd({
  always = false,
  plain = false,
  children,
}: {
  always?: boolean;
  plain?: boolean;
  children: ReactNode;
}) {
  if (!useHotkeysOn() && !always) return null;
  return (
    <kbd
      aria-hidden={!always}
      className={cn(
        "ml-0.5 min-w-4 rounded-1 px-1 text-center font-medium font-sans text-11 leading-4",
        plain ? "opacity-80" : "border border-line border-b-line-strong bg-surface text-ink-3",
        always ? "inline-block" : "hidden wide:inline-block",
      )}
    >
      {children}
    </kbd>
  );
}

const isApple = () => /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** `⌘` on Apple devices, `Ctrl` elsewhere. */
export function ModifierKey() {
  return useSyncExternalStore(unchanging, isApple, () => false) ? "⌘" : "Ctrl";
}

const unchanging = () => () => {};
