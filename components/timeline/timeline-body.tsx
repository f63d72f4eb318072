"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { Span, Timeline } from "@/lib/timeline/model";
import type { Axis } from "./axis/use-axis";
import { useGestures } from "./axis/use-gestures";
import { Backdrop, NowLine, placeNow } from "./drawing/backdrop";
import { NowPosition } from "./drawing/bar-label";
import type { Hovered } from "./hover-card";
import { TimelineRow } from "./timeline-row";
import { getRowHeight, type Row } from "./timeline-rows";

/** The visible rows between the grid and the now-line. Rows outside the viewport aren't rendered. */
export function TimelineBody({
  rows,
  axis,
  timeline,
  selectedId,
  onSelect,
  onToggle,
  onHover,
}: {
  rows: Row[];
  axis: Axis;
  timeline: Timeline;
  selectedId: string | null;
  onSelect: (id: string | null) => void;
  onToggle: (row: Row) => void;
  onHover: (hovered: Hovered | null) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const scroller = () => box.current?.closest("main") ?? null;
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const main = scroller();
    if (!main || !box.current) return;
    const top = box.current.getBoundingClientRect().top - main.getBoundingClientRect().top;
    setMargin(Math.round(top + main.scrollTop));
  });
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: scroller,
    estimateSize: (index) => (rows[index] ? getRowHeight(rows[index]) : 28),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    scrollMargin: margin,
  });
  // A row's height depends only on its kind.
  const shape = rows.map((row) => row.kind[0]).join("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes change only with the shape
  useEffect(() => virtualizer.measure(), [shape, virtualizer]);
  const showSelected = useEffectEvent(() => {
    const index = rows.findIndex((row) => "span" in row && row.span.id === selectedId);
    if (index >= 0) virtualizer.scrollToIndex(index, { align: "auto" });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls
  useEffect(() => showSelected(), [selectedId]);
  useGestures(box, axis);

  const { scale } = axis;
  const height = virtualizer.getTotalSize();
  const hover = (row: Row, event: React.PointerEvent) => {
    const right = box.current?.getBoundingClientRect().right ?? 0;
    const x = event.clientX - (right - scale.width);
    const span = event.pointerType === "mouse" && x >= 0 ? findSpanAt(row, scale.toTime(x)) : null;
    onHover(
      span && "lane" in row ? { lane: row.lane, span, x: event.clientX, y: event.clientY } : null,
    );
  };
  return (
    <div
      ref={box}
      className="relative touch-pan-y overflow-hidden"
      style={{ height }}
      onPointerLeave={() => onHover(null)}
    >
      <Backdrop scale={scale} height={height} />
      <NowPosition value={placeNow(scale, timeline)}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div
              key={item.key}
              className="absolute inset-x-0 top-0"
              style={{ height: item.size, transform: `translateY(${item.start - margin}px)` }}
              onPointerMove={(event) => hover(row, event)}
            >
              <TimelineRow
                row={row}
                scale={scale}
                selected={selectedId !== null && "span" in row && row.span.id === selectedId}
                onSelect={onSelect}
                onToggle={onToggle}
              />
            </div>
          );
        })}
      </NowPosition>
      <NowLine scale={scale} timeline={timeline} height={height} />
    </div>
  );
}

/** The span of a row at an instant. A row with a single span returns it for any instant. */
function findSpanAt(row: Row, at: number): Span | null {
  if (row.kind === "lane")
    return (
      row.lane.spans.find((span) => span.from <= at && at <= span.to && span.to > span.from) ?? null
    );
  if (row.kind === "span") return row.tail && at >= row.tail.from ? row.tail : row.span;
  return row.kind === "replayed" || row.kind === "replayed-step" ? row.span : null;
}
