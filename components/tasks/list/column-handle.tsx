"use client";
import { type PointerEvent, useState } from "react";

/** How far an arrow key moves the edge of a column, in pixels. */
const STEP = 16;

/**
 * The edge of a column's head: drag it, or move it by arrow keys, to change the width; a double click or Backspace lets
 * the column follow its texts again.
 */
export function ColumnHandle({
  label,
  pixels,
  onResize,
}: {
  label: string;
  pixels: number;
  onResize: (pixels: number | null) => void;
}) {
  const [from, setFrom] = useState<{ x: number; pixels: number } | null>(null);
  const drag = ({ clientX }: PointerEvent) => {
    if (from) onResize(from.pixels + clientX - from.x);
  };
  return (
    <button
      type="button"
      aria-label={`Width of ${label}`}
      data-tip="Drag or use the arrow keys; double-click for the usual width"
      className="absolute inset-y-0 right-0 w-2 cursor-col-resize touch-none border-transparent border-r-2 -outline-offset-2 hover:border-line-control focus-visible:border-accent"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom({ x: event.clientX, pixels });
      }}
      onPointerMove={drag}
      onPointerUp={() => setFrom(null)}
      onPointerCancel={() => setFrom(null)}
      onDoubleClick={() => onResize(null)}
      onKeyDown={({ key }) => {
        if (key === "ArrowLeft") onResize(pixels - STEP);
        if (key === "ArrowRight") onResize(pixels + STEP);
        if (key === "Backspace") onResize(null);
      }}
    />
  );
}
