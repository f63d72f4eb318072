"use client";
import type { KeyboardEvent } from "react";
import type { Span } from "@/lib/timeline/model";
import type { Axis } from "./axis/use-axis";
import type { Row } from "./timeline-rows";

/** Share of the width that one arrow key press pans. */
const PAN = 0.15;

/** Keys of the focused timeline: move between rows, pan, zoom, and Escape to clear the selection. */
export function useTimelineKeys({
  axis,
  rows,
  selected,
  select,
  toggle,
}: {
  axis: Axis;
  rows: Row[];
  selected: Span | null;
  select: (id: string | null) => void;
  toggle: (row: Row) => void;
}): (event: KeyboardEvent) => void {
  const moveRow = (step: number) => {
    const spans = rows.flatMap((row) =>
      row.kind === "span" || row.kind === "replayed" ? [row.span] : [],
    );
    const at = spans.findIndex((span) => span.id === selected?.id);
    const start = at >= 0 ? at + step : step > 0 ? 0 : spans.length - 1;
    const next = spans[Math.min(Math.max(start, 0), spans.length - 1)];
    if (!next) return;
    select(next.id);
    axis.reveal(next);
  };
  const toggleSelected = () => {
    const row = rows.find((other) => other.kind === "replayed" && other.span.id === selected?.id);
    if (row) toggle(row);
  };
  /** Zooms around the selected span if it is in view, otherwise around the middle. */
  const zoom = (factor: number) => {
    const middle = selected ? (selected.from + selected.to) / 2 : Number.NaN;
    const inView = middle >= axis.scale.from && middle <= axis.scale.to;
    axis.zoom(factor, inView ? axis.scale.toX(middle) : undefined);
  };
  const keys = new Map([
    ["ArrowDown", () => moveRow(1)],
    ["ArrowUp", () => moveRow(-1)],
    ["ArrowLeft", () => axis.pan(-axis.scale.width * PAN)],
    ["ArrowRight", () => axis.pan(axis.scale.width * PAN)],
    ["+", () => zoom(1.5)],
    ["=", () => zoom(1.5)],
    ["-", () => zoom(1 / 1.5)],
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
