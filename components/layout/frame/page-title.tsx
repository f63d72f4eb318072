"use client";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { revealControls } from "@/lib/format";
import type { TaskState } from "@/lib/model/states";

const TitleEnd = createContext("Absurd");

/** Suffix of every page title, as in `app/layout.tsx`: the database's label, if any, and the product. */
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
 * Sets the browser title of a page whose title includes its state, which the server doesn't know. It is set on every
 * render, because the server's title may arrive later.
 */
export function usePageTitle(title: string): void {
  const end = useContext(TitleEnd);
  useEffect(() => {
    const whole = `${revealControls(title)} · ${end}`;
    if (document.title !== whole) document.title = whole;
  });
}

/** `✕ charge-card · failed`; no mark for a state that the engine doesn't have. */
export function formatStateTitle(name: string, state: TaskState | (string & {})): string {
  const mark = state in MARKS ? `${MARKS[state as TaskState]} ` : "";
  return `${mark}${name} · ${state}`;
}

/** `(5) Overview`; no number when the count is 0. */
export function formatCountTitle(count: number, name: string): string {
  return count > 0 ? `(${count}) ${name}` : name;
}
