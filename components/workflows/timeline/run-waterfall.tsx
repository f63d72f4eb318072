"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefCallback, useEffect, useEffectEvent, useRef } from "react";
import { AxisHeader, ColumnNames } from "@/components/timeline/axis/axis-header";
import { Minimap } from "@/components/timeline/axis/minimap";
import type { Axis } from "@/components/timeline/axis/use-axis";
import { useGestures } from "@/components/timeline/axis/use-gestures";
import { Backdrop, NowLine, placeNow } from "@/components/timeline/drawing/backdrop";
import { NowPosition } from "@/components/timeline/drawing/bar-label";
import { TimelinePatterns } from "@/components/timeline/drawing/patterns";
import { Legend } from "@/components/timeline/legend";
import { plural } from "@/lib/format";
import type { Timeline } from "@/lib/timeline/model";
import { LimitRow } from "./limit-row";
import { ROW, RunTimelineRow } from "./run-row";
import type { RunRow } from "./run-rows";

const COLUMNS = "grid grid-cols-[160px_minmax(0,1fr)] wide:grid-cols-[240px_minmax(0,1fr)]";

/** Rows as bars on the axis; rows out of view aren't rendered. `box` measures the width available for bars. */
export function RunWaterfall({
  rows,
  count,
  timeline,
  axis,
  box,
  width,
  selected,
  onSelect,
  onToggle,
}: {
  rows: readonly RunRow[];
  /** The number of tasks. */
  count: number;
  timeline: Timeline;
  axis: Axis;
  box: RefCallback<HTMLDivElement>;
  width: number;
  selected: string | null;
  onSelect: (path: string | null) => void;
  onToggle: (taskId: string) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useGestures(body, axis);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
  });
  const reveal = useEffectEvent(() => {
    const at = rows.findIndex((row) => row.path === selected);
    if (selected !== null && at >= 0) virtualizer.scrollToIndex(at, { align: "auto" });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls
  useEffect(() => reveal(), [selected]);

  const height = virtualizer.getTotalSize();
  return (
    <>
      <TimelinePatterns />
      <div className={`${COLUMNS} items-center pb-2`}>
        <span className="truncate pl-3 text-12 text-ink-3 wide:pl-4">{plural(count, "task")}</span>
        <div ref={box} className="h-8 min-w-0">
          {width > 0 && <Minimap timeline={timeline} axis={axis} />}
        </div>
      </div>
      <div className={`${COLUMNS} border-y bg-canvas`}>
        <ColumnNames first="Task and step" />
        {width > 0 && <AxisHeader scale={axis.scale} timeline={timeline} />}
      </div>
      <div
        ref={scroller}
        className="max-h-[70dvh] min-h-40 overflow-y-auto [scrollbar-width:none] wide:max-h-none wide:flex-1"
      >
        <div
          ref={body}
          className="relative touch-pan-y overflow-hidden"
          // Not in server-rendered HTML, where the CSP forbids style attributes.
          style={width > 0 ? { height } : undefined}
        >
          {width > 0 && <Backdrop scale={axis.scale} height={height} />}
          <NowPosition value={width > 0 ? placeNow(axis.scale, timeline) : null}>
            {width > 0 &&
              virtualizer.getVirtualItems().map((item) => {
                const row = rows[item.index];
                if (!row) return null;
                return (
                  <div
                    key={item.key}
                    className="absolute inset-x-0 top-0"
                    style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                  >
                    {row.kind === "limit" ? (
                      <LimitRow
                        limit={row.limit}
                        scale={axis.scale}
                        height={ROW}
                        selected={selected !== null && row.path === selected}
                        onSelect={onSelect}
                      />
                    ) : (
                      <RunTimelineRow
                        row={row}
                        scale={axis.scale}
                        selected={selected !== null && row.path === selected}
                        onSelect={onSelect}
                        onToggle={onToggle}
                      />
                    )}
                  </div>
                );
              })}
          </NowPosition>
          {width > 0 && <NowLine scale={axis.scale} timeline={timeline} height={height} />}
        </div>
        <Legend />
      </div>
    </>
  );
}
