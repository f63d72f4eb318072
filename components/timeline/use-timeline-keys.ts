"use client";
import type { KeyboardEvent } from "react";
import type { Row } from "./timeline-rows";
import type { Axis } from "./use-axis";

/** Part of the width that one press of an arrow moves. */
const PAN = 0.15;

/** The timeline's keys, while the focus is inside: rows, pan, zoom, and letting go of what is selected. */
export function useTimelineKeys({
  axis,
  rows,
  selectedId,
  select,
  toggle,
}: {
  axis: Axis;
  rows: Row[];
  selectedId: string | null;
  select: (id: string | null) => void;
  toggle: (row: Row) => void;
}): (event: KeyboardEvent) => void {
  const moveRow = (step: number) => {
    const spans = rows.flatMap((row) =>
      row.kind === "span" || row.kind === "replayed" ? [row.span.id] : [],
    );
    const at = selectedId === null ? (step > 0 ? -1 : spans.length) : spans.indexOf(selectedId);
    const next = spans[Math.min(Math.max(at + step, 0), spans.length - 1)];
    if (next !== undefined) select(next);
  };
  const toggleSelected = () => {
    const row = rows.find(
      (candidate) => candidate.kind === "replayed" && candidate.span.id === selectedId,
    );
    if (row) toggle(row);
  };
  const keys = new Map([
    ["ArrowDown", () => moveRow(1)],
    ["ArrowUp", () => moveRow(-1)],
    ["ArrowLeft", () => axis.pan(-axis.scale.width * PAN)],
    ["ArrowRight", () => axis.pan(axis.scale.width * PAN)],
    ["+", () => axis.zoom(1.5)],
    ["=", () => axis.zoom(1.5)],
    ["-", () => axis.zoom(1 / 1.5)],
    ["0", () => axis.show(null)],
    [" ", toggleSelected],
    ["Escape", () => select(null)],
  ]);
  return (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    const onButton = event.key === " " && event.target instanceof HTMLButtonElement;
    const run = keys.get(event.key);
    if (!run || isTyping || onButton || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  };
}
