"use client";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo, useState } from "react";
import { Omitted } from "@/components/task/omitted";
import { useClock } from "@/components/ui/text/clock";
import { formatDuration, plural } from "@/lib/format";
import { toInstant } from "@/lib/model/instants";
import { isActive } from "@/lib/model/states";
import type { TaskDetail } from "@/lib/model/task";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import type { Lane, Span, Timeline } from "@/lib/timeline/model";
import { AxisHeader, ColumnNames } from "./axis/axis-header";
import { Minimap } from "./axis/minimap";
import { useAxis } from "./axis/use-axis";
import { useWide } from "./axis/use-wide";
import { useWidth } from "./axis/use-width";
import { TimelinePatterns } from "./drawing/patterns";
import { HoverCard, type Hovered } from "./hover-card";
import { Inspector, TaskValues } from "./inspector";
import { Legend } from "./legend";
import { TimelineBody } from "./timeline-body";
import { type Folding, listRows, type Row } from "./timeline-rows";
import { TimelineTable } from "./timeline-table";
import { Toggle, Toolbar, VIEWS } from "./toolbar";
import { useTimelineKeys } from "./use-timeline-keys";

const parsers = {
  span: parseAsString,
  view: parseAsStringLiteral(VIEWS).withDefault("waterfall"),
  values: parseAsBoolean.withDefault(true),
};

/** Width of the viewport, in CSS pixels, from which the timeline has space for the task's values beside it. */
const VALUES_WIDE = 1280;

/** The task's reconstructed timeline: one lane per attempt and one row per step, on a shared axis. */
export function TaskTimeline({ detail }: { detail: TaskDetail }) {
  const active = isActive(detail.task.state);
  const at = useClock((now) => (active ? now : 0));
  const timeline = useMemo(
    () => buildTimeline(detail, at ? toInstant(at) : detail.now),
    [detail, at],
  );
  const [box, width] = useWidth();
  const [mapBox, mapWidth] = useWidth();
  const axis = useAxis(timeline, width, mapWidth);
  const { folding, toggle } = useFolding();
  const rows = useMemo(() => listRows(timeline, detail, folding), [timeline, detail, folding]);
  const [{ span: selectedId, view, values }, setState] = useQueryStates(parsers);
  const hasSpace = useWide(VALUES_WIDE);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const select = (span: string | null) => setState({ span });
  const selected = findSpan(timeline, selectedId);
  const onKeyDown = useTimelineKeys({
    axis,
    rows,
    selected: selected?.span ?? null,
    select,
    toggle,
  });

  return (
    <div className="flex items-stretch">
      <TimelinePatterns />
      <section
        aria-label="Timeline"
        className="flex min-w-0 flex-1 flex-col"
        onKeyDown={view === "waterfall" ? onKeyDown : undefined}
      >
        <Toolbar
          view={view}
          onView={(next) => setState({ view: next })}
          axis={axis}
          active={timeline.active}
          keys
        >
          {hasSpace && (
            <Toggle
              label="Values"
              on={values}
              onToggle={(on) => setState({ values: on, span: null })}
            />
          )}
        </Toolbar>
        {view === "table" ? (
          <TimelineTable timeline={timeline} />
        ) : (
          <>
            <div className="grid items-center gap-y-1 pb-2 max-wide:px-3 wide:grid-cols-[272px_minmax(0,1fr)]">
              <Summary detail={detail} from={timeline.from} to={timeline.to} />
              <div ref={mapBox} className="h-8 min-w-0">
                {mapWidth > 0 && <Minimap timeline={timeline} axis={axis} />}
              </div>
            </div>
            <div className="sticky top-0 z-10 grid grid-cols-[128px_minmax(0,1fr)] border-y bg-canvas wide:grid-cols-[272px_minmax(0,1fr)]">
              <ColumnNames first="Step" />
              <div ref={box} className="h-7 min-w-0">
                {width > 0 && <AxisHeader scale={axis.scale} timeline={timeline} />}
              </div>
            </div>
            <Omitted detail={detail} />
            {width > 0 && (
              <TimelineBody
                rows={rows}
                axis={axis}
                timeline={timeline}
                selectedId={selected?.span.id ?? null}
                onSelect={select}
                onToggle={toggle}
                onHover={setHovered}
              />
            )}
            <Legend />
          </>
        )}
      </section>
      {selected && <Inspector detail={detail} {...selected} onClose={() => select(null)} />}
      {!selected && hasSpace && values && <TaskValues detail={detail} />}
      {hovered && <HoverCard hovered={hovered} />}
    </div>
  );
}

function useFolding(): { folding: Folding; toggle: (row: Row) => void } {
  const [folding, setFolding] = useState<Folding>({ lanes: new Set(), replayed: new Set() });
  const toggle = (row: Row) => {
    if (row.kind === "lane")
      setFolding({ ...folding, lanes: toggleKey(folding.lanes, row.lane.runId) });
    if (row.kind === "replayed")
      setFolding({ ...folding, replayed: toggleKey(folding.replayed, row.lane.runId) });
  };
  return { folding, toggle };
}

function toggleKey(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

function Summary({ detail, from, to }: { detail: TaskDetail; from: number; to: number }) {
  return (
    <p className="flex gap-x-2 text-12 text-ink-3 leading-4 wide:block wide:pl-4">
      <span className="block">{formatDuration(to - from)}</span>
      <span className="block">{plural(detail.task.attempts, "attempt")}</span>
    </p>
  );
}

function findSpan({ lanes }: Timeline, id: string | null): { lane: Lane; span: Span } | null {
  if (id === null) return null;
  for (const lane of lanes)
    for (const span of lane.spans) if (span.id === id) return { lane, span };
  return null;
}
