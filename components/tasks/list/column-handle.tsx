"use client";
"use no memo";
import { type PointerEvent, useState } from "react";
import { LEAST, MOST } from "./column-choice";

/** How far an arrow key moves the edge of a column, in pixels. */
const STEP = 16;

/** The width in pixels that each key leads to; `null` follows the texts. */
const TARGETS: Record<string, ((pixels: number) => number | null) | undefined> = {
  ArrowLeft: (pixels) => pixels - STEP,
  ArrowRight: (pixels) => pixels + STEP,
  Home: () => LEAST,
  End: () => MOST,
  Backspace: () => null,
};

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
    // A button would be a target of eight pixels: this is the pattern of a movable separator.
    <hr
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`Width of ${label}`}
      aria-valuenow={Math.round(pixels)}
      aria-valuemin={LEAST}
      aria-valuemax={Math.max(MOST, Math.round(pixels))}
      data-tip="Drag or use the arrow keys; double-click for the usual width"
      className="absolute inset-y-0 right-0 h-auto w-2 cursor-col-resize touch-none select-none border-transparent border-t-0 border-r-2 -outline-offset-2 hover:border-line-control focus-visible:border-accent"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom({ x: event.clientX, pixels });
      }}
      onPointerMove={drag}
      onPointerUp={() => setFrom(null)}
      onPointerCancel={() => setFrom(null)}
      onDoubleClick={() => onResize(null)}
      onKeyDown={(event) => {
        const to = TARGETS[event.key]?.(pixels);
        if (to === undefined) return;
        event.preventDefault();
        onResize(to);
      }}
    />
  );
}
