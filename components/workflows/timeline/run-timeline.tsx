"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { AxisHeader } from "@/components/timeline/axis-header";
import { Backdrop, NowLine } from "@/components/timeline/backdrop";
import { Minimap } from "@/components/timeline/minimap";
import { TimelinePatterns } from "@/components/timeline/patterns";
import { useAxis } from "@/components/timeline/use-axis";
import { useWheelZoom } from "@/components/timeline/use-wheel-zoom";
import { useWidth } from "@/components/timeline/use-width";
import { plural } from "@/lib/format";
import type { StepRef } from "../resolve-step";
import type { TaskHistory } from "../task-history";
import { listRunRows, mergeTimelines } from "./rows";
import { ROW, RunTimelineRow } from "./run-row";

const COLUMNS = "grid grid-cols-[160px_minmax(0,1fr)] wide:grid-cols-[240px_minmax(0,1fr)]";

/** All tasks of a run on one axis, in step with the graph: rows of the selected operator are marked, and mark it. */
export function RunTimeline({
  histories,
  rootTaskId,
  now,
  resolve,
  partOf,
  selected,
  onSelect,
}: {
  histories: readonly TaskHistory[];
  rootTaskId: string | null;
  now: number;
  resolve: (name: string) => StepRef | undefined;
  /** The part of the workflow that a task executes, by its path in the run. */
  partOf: (history: TaskHistory) => string;
  selected: string | null;
  onSelect: (path: string | null) => void;
}) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const timeline = useMemo(() => mergeTimelines(histories, now), [histories, now]);
  const rows = useMemo(
    () => listRunRows(histories, rootTaskId, resolve, partOf, folded),
    [histories, rootTaskId, resolve, partOf, folded],
  );
  const [box, width] = useWidth();
  const axis = useAxis(timeline, width);
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useWheelZoom(body, axis);
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another selection moves the view
  useEffect(() => reveal(), [selected]);

  const toggle = (taskId: string) => {
    const next = new Set(folded);
    if (!next.delete(taskId)) next.add(taskId);
    setFolded(next);
  };
  const height = virtualizer.getTotalSize();
  return (
    <section aria-label="Timeline" className="flex min-h-0 flex-1 flex-col">
      <TimelinePatterns />
      <div className={`${COLUMNS} items-center py-2`}>
        <span className="truncate pl-3 text-12 text-ink-3 wide:pl-4">
          {plural(histories.length, "task")}
          {axis.zoomed && (
            <button type="button" className="ml-2 text-accent-text" onClick={() => axis.show(null)}>
              Show all
            </button>
          )}
        </span>
        <div ref={box} className="h-8 min-w-0">
          {width > 0 && (
            <Minimap
              timeline={timeline}
              whole={axis.whole}
              shown={axis.zoomed ? axis.scale : null}
              onShow={axis.show}
            />
          )}
        </div>
      </div>
      <div className={`${COLUMNS} border-y bg-canvas`}>
        <span className="flex items-center justify-between border-r pr-2 pl-3 text-12 text-ink-3 wide:pl-4">
          Task and step <span className="hidden wide:inline">Duration</span>
        </span>
        {width > 0 && <AxisHeader scale={axis.scale} timeline={timeline} />}
      </div>
      <div
        ref={scroller}
        className="max-h-[70dvh] min-h-40 overflow-y-auto [scrollbar-width:none] wide:max-h-none wide:flex-1"
      >
        <div
          ref={body}
          className="relative overflow-hidden"
          // Not from the server: the policy lets no style attribute in.
          style={width > 0 ? { height } : undefined}
        >
          {width > 0 && <Backdrop scale={axis.scale} height={height} />}
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
                  <RunTimelineRow
                    row={row}
                    scale={axis.scale}
                    selected={selected !== null && row.path === selected}
                    onSelect={onSelect}
                    onToggle={toggle}
                  />
                </div>
              );
            })}
          {width > 0 && <NowLine scale={axis.scale} timeline={timeline} height={height} />}
        </div>
      </div>
    </section>
  );
}
