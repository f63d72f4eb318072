"use client";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { revealControls } from "@/lib/format";
import type { TaskState } from "@/lib/model/states";

const TitleEnd = createContext("Absurd");

/** What ends the title of every page, as in `app/layout.tsx`: the product, and before it the database where it has a label. */
export function TitleEndProvider({ value, children }: { value: string; children: ReactNode }) {
  return <TitleEnd value={value}>{children}</TitleEnd>;
}

const MARKS: Record<TaskState, string> = {
  pending: "○",
  running: "▶",
  sleeping: "☾",
  completed: "✓",
  failed: "✕",
  cancelled: "⊘",
};

/**
 * Sets the browser's title of this page, which the server names without its state. It is set with every render, because the
 * server's title may arrive later.
 */
export function usePageTitle(title: string): void {
  const end = useContext(TitleEnd);
  useEffect(() => {
    const whole = `${revealControls(title)} · ${end}`;
    if (document.title !== whole) document.title = whole;
  });
}

/** `✕ charge-card · failed`; without a mark for a state that the engine does not have. */
export function formatStateTitle(name: string, state: TaskState | (string & {})): string {
  const mark = state in MARKS ? `${MARKS[state as TaskState]} ` : "";
  return `${mark}${name} · ${state}`;
}

/** `(5) Overview`; without a number when there is nothing to count. */
export function formatCountTitle(count: number, name: string): string {
  return count > 0 ? `(${count}) ${name}` : name;
}
