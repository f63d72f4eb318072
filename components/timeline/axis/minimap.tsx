"use client";
import { useRef, useState } from "react";
import type { Scale } from "@/lib/timeline/axis/scale";
import type { Span, Timeline } from "@/lib/timeline/model";
import { listVisible } from "../drawing/list-visible";
import type { Axis } from "./use-axis";

const HEIGHT = 32;
const HANDLE_PX = 6;

const COLORS: Partial<Record<Span["kind"], string>> = {
  step: "fill-running-solid",
  working: "fill-running-solid",
  failure: "fill-failed-solid",
  lost: "fill-failed-solid",
  expired: "fill-failed-line",
  late: "fill-pending-line",
  queued: "fill-chart-hatch",
  unread: "fill-chart-hatch",
  unknown: "fill-chart-hatch",
  backoff: "fill-pending-line",
};

type Drag = {
  mode: "new" | "move" | "left" | "right";
  startX: number;
  left: number;
  right: number;
};

/**
 * The whole timeline at a small scale. Dragging zooms in, dragging the brush pans, dragging its edges resizes it, and a
 * double click shows everything. On the timeline itself, `+`, `-`, `0` and the arrow keys do the same.
 */
export function Minimap({
  timeline,
  axis: { whole, scale, zoomed, show },
}: {
  timeline: Timeline;
  axis: Axis;
}) {
  const shown = zoomed ? scale : null;
  const box = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const left = shown ? whole.toX(shown.from) : 0;
  const right = shown ? whole.toX(shown.to) : whole.width;
  const pixel = (event: React.PointerEvent) =>
    event.clientX - (box.current?.getBoundingClientRect().left ?? 0);

  function start(event: React.PointerEvent<SVGSVGElement>) {
    const x = pixel(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ mode: getDragMode(x, left, right, shown !== null), startX: x, left, right });
  }
  function move(event: React.PointerEvent) {
    if (!drag) return;
    const [from, to] = resizeBrush(drag, pixel(event), whole.width);
    if (to - from >= 2) show({ from: whole.toTime(from), to: whole.toTime(to) });
  }
  return (
    <svg
      ref={box}
      width={whole.width}
      height={HEIGHT}
      aria-hidden="true"
      className="block touch-none cursor-crosshair rounded-1"
      onPointerDown={start}
      onPointerMove={move}
      onPointerUp={() => setDrag(null)}
      onPointerCancel={() => setDrag(null)}
      onDoubleClick={() => show(null)}
    >
      <rect width={whole.width} height={HEIGHT} className="fill-sunken" />
      <MinimapLanes timeline={timeline} whole={whole} />
      {shown && (
        <>
          <rect width={left} height={HEIGHT} className="fill-surface" opacity={0.65} />
          <rect
            x={right}
            width={Math.max(whole.width - right, 0)}
            height={HEIGHT}
            className="fill-surface"
            opacity={0.65}
          />
        </>
      )}
      <rect
        x={left + 0.5}
        y={0.5}
        width={Math.max(right - left - 1, 1)}
        height={HEIGHT - 1}
        rx={3}
        className="fill-none stroke-accent"
      />
      {[left, right].map((x, index) => (
        <rect
          key={index === 0 ? "left" : "right"}
          x={Math.min(Math.max(x - 2, 0), whole.width - 4)}
          y={9}
          width={4}
          height={14}
          rx={2}
          className="cursor-ew-resize fill-accent"
        />
      ))}
    </svg>
  );
}

function MinimapLanes({ timeline, whole }: { timeline: Timeline; whole: Scale }) {
  const step = Math.min(8, (HEIGHT - 6) / Math.max(timeline.lanes.length, 1));
  return timeline.lanes.map((lane, index) => (
    <g key={lane.runId} transform={`translate(0 ${3 + index * step})`}>
      {listVisible(lane.spans, whole).map((span) => {
        const x = whole.toX(span.from);
        return (
          <rect
            key={span.id}
            x={x}
            width={Math.max(whole.toX(span.to) - x, 1)}
            height={Math.max(step - 2, 1)}
            className={COLORS[span.kind] ?? "fill-sleeping-line"}
          />
        );
      })}
    </g>
  ));
}

function getDragMode(x: number, left: number, right: number, zoomed: boolean): Drag["mode"] {
  if (Math.abs(x - left) <= HANDLE_PX) return "left";
  if (Math.abs(x - right) <= HANDLE_PX) return "right";
  return zoomed && x > left && x < right ? "move" : "new";
}

/** The brush's edges in pixels while dragging to `x`. */
function resizeBrush(
  { mode, startX, left, right }: Drag,
  x: number,
  width: number,
): [number, number] {
  const at = Math.min(Math.max(x, 0), width);
  if (mode === "left") return [Math.min(at, right - 2), right];
  if (mode === "right") return [left, Math.max(at, left + 2)];
  if (mode === "new") return at < startX ? [at, startX] : [startX, at];
  const shift = Math.min(Math.max(x - startX, -left), width - right);
  return [left + shift, right + shift];
}
