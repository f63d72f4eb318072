import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import type { Scale } from "@/lib/timeline/axis/scale";
import type { Ahead, Span } from "@/lib/timeline/model";

/** Minimum width, so that the shortest span is visible. */
const MIN_PX = 4;

type Box = { x: number; width: number; y: number; height: number };

/** Classes of each kind; `PATTERNS` has the hatched kinds, and `backoff` is a line. */
const FILLS: Partial<Record<Span["kind"], string>> = {
  step: "fill-completed-solid",
  working: "fill-running-solid",
  replayed: "fill-cancelled-line",
  sleep: "fill-sleeping-soft stroke-sleeping-solid",
  failure: "fill-failed-solid",
  lost: "fill-failed-soft stroke-failed-solid [stroke-dasharray:2_2]",
  expired: "fill-failed-soft stroke-failed-line",
  "event-wait": "fill-sleeping-soft stroke-sleeping-solid [stroke-dasharray:3_2]",
  "timed-out-wait": "fill-sleeping-soft stroke-sleeping-solid [stroke-dasharray:3_2]",
  unread: "fill-cancelled-soft stroke-cancelled-line [stroke-dasharray:1_3]",
  unknown: "fill-none stroke-line-control [stroke-dasharray:1_3]",
};

const PATTERNS: Partial<Record<Span["kind"], [pattern: string, edge: string]>> = {
  queued: ["url(#timeline-queued)", "stroke-chart-hatch"],
  late: ["url(#timeline-late)", "stroke-pending-line"],
  deferred: ["url(#timeline-queued)", "stroke-pending-solid [stroke-dasharray:3_2]"],
};

/** One span on its row. */
export function Bar({
  span,
  scale,
  height = 12,
  row,
}: {
  span: Span;
  scale: Scale;
  height?: number;
  row: number;
}) {
  const box = place(span.from, span.to, scale, height, row);
  if (!box) return null;
  return (
    <g data-span={span.id}>
      <Shape span={span} box={box} />
      {span.start === "inferred" && height > 8 && <InferredEdge x={box.x} row={row} />}
    </g>
  );
}

function Shape({ span, box }: { span: Span; box: Box }): ReactNode {
  const { x, width, y, height } = box;
  if (span.kind === "backoff")
    return (
      <line
        x1={x}
        x2={x + width}
        y1={y + height / 2}
        y2={y + height / 2}
        className="stroke-pending-solid [stroke-dasharray:4_3] [stroke-width:2]"
      />
    );
  const pattern = PATTERNS[span.kind];
  if (pattern) return <Inset box={box} className={pattern[1]} fill={pattern[0]} />;
  const fill = FILLS[span.kind] ?? "fill-cancelled-solid";
  if (fill.includes("stroke-")) return <Inset box={box} className={fill} />;
  const open = span.kind === "working" && span.end === "open" && height > 8;
  return (
    <rect
      {...box}
      rx={2}
      className={open ? undefined : fill}
      {...(open ? { fill: "url(#timeline-working)" } : {})}
    />
  );
}

/** A rectangle with its 1 px stroke inside. */
function Inset({ box, className, fill }: { box: Box; className: string; fill?: string }) {
  return (
    <rect
      x={box.x + 0.5}
      y={box.y + 0.5}
      width={Math.max(box.width - 1, 1)}
      height={box.height - 1}
      rx={2}
      className={className}
      {...(fill ? { fill } : {})}
    />
  );
}

/** A dotted edge marks an inferred start. */
function InferredEdge({ x, row }: { x: number; row: number }) {
  return (
    <>
      <rect x={x} y={row / 2 - 7} width={2} height={14} className="fill-surface" />
      <line
        x1={x + 1}
        x2={x + 1}
        y1={row / 2 - 8}
        y2={row / 2 + 8}
        className="stroke-ink-2 [stroke-dasharray:2_2] [stroke-width:2]"
      />
    </>
  );
}

const AHEADS: Record<Ahead["kind"], string> = {
  lease: "fill-running-soft stroke-running-solid [stroke-dasharray:3_2]",
  sleep: "fill-none stroke-sleeping-solid [stroke-dasharray:3_2]",
  "event-wait": "fill-none stroke-sleeping-line [stroke-dasharray:3_2]",
  backoff: "",
  deferred: "fill-none stroke-pending-solid [stroke-dasharray:1_3]",
};

/** A planned time, drawn as an outline. A wait without timeout extends to the edge. */
export function AheadBar({
  ahead,
  scale,
  row,
  height = 12,
}: {
  ahead: Ahead;
  scale: Scale;
  row: number;
  height?: number;
}) {
  const until = Math.min(ahead.until, scale.to + 1);
  const box = place(ahead.from, until, scale, height, row);
  if (!box) return null;
  if (ahead.kind === "backoff")
    return <Dashes box={box} row={row} className="[stroke-dasharray:4_3]" />;
  return <Inset box={box} className={AHEADS[ahead.kind]} />;
}

/** The wait for the next attempt; `className` sets the dash pattern. */
export function Dashes({ box, row, className }: { box: Box; row: number; className: string }) {
  return (
    <line
      x1={box.x}
      x2={box.x + box.width}
      y1={row / 2}
      y2={row / 2}
      className={`stroke-pending-line [stroke-width:2] ${className}`}
    />
  );
}

/** A thin line on the attempt's row for the time in which it was suspended. */
export function Thread({ span, scale, row }: { span: Span; scale: Scale; row: number }) {
  const box = place(span.from, span.to, scale, 2, row);
  if (!box) return null;
  return (
    <rect
      {...box}
      className={cn(span.kind === "backoff" ? "fill-pending-line" : "fill-sleeping-line")}
    />
  );
}

/** The box of a span in pixels, or `null` outside the window. Minimum width is applied to the right of the start. */
export function place(
  from: number,
  to: number,
  scale: Scale,
  height: number,
  row: number,
): Box | null {
  if (to < scale.from || from > scale.to) return null;
  const x = scale.toX(from);
  const width = Math.max(scale.toX(to) - x, height > 2 ? MIN_PX : 1);
  return { x, width, y: (row - height) / 2, height };
}
