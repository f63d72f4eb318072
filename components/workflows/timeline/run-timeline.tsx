"use client";
import { parseAsBoolean, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo, useState } from "react";
import { useAxis } from "@/components/timeline/axis/use-axis";
import { useWidth } from "@/components/timeline/axis/use-width";
import { Toggle, Toolbar, VIEWS } from "@/components/timeline/toolbar";
import { useClock } from "@/components/ui/text/clock";
import type { RunView } from "@/lib/highway/view/run-view";
import { moveNow } from "@/lib/timeline/move-now";
import { isRunActive } from "../list/run-duration";
import { listRunLimits, makeRoomFor } from "./run-limits";
import { countBookkeeping, listRunRows, listRunTableRows, mergeTimelines } from "./run-rows";
import { RunTimelineTable } from "./run-timeline-table";
import { RunWaterfall } from "./run-waterfall";

const parsers = {
  view: parseAsStringLiteral(VIEWS).withDefault("waterfall"),
  /** Whether the interpreter's internal steps have rows. */
  bookkeeping: parseAsBoolean.withDefault(false),
};

/** All tasks of a run on one axis. The selection is shared with the graph. */
export function RunTimeline({
  view: { tasks: asRead, run, now: readAt, deadline, operators },
  selected,
  onSelect,
}: {
  view: RunView;
  selected: string | null;
  onSelect: (path: string | null) => void;
}) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [{ view, bookkeeping }, setState] = useQueryStates(parsers);
  const live = isRunActive(run);
  const clock = useClock((time) => (live ? Math.floor(time / 1_000) * 1_000 : 0));
  const now = Math.max(clock, Date.parse(readAt));
  const tasks = useMemo(
    () => asRead.map((task) => ({ ...task, timeline: moveNow(task.timeline, now) })),
    [asRead, now],
  );
  const notes = useMemo(() => countBookkeeping(tasks), [tasks]);
  const timeline = useMemo(() => mergeTimelines(tasks, now), [tasks, now]);
  const limits = useMemo(
    () => listRunLimits({ deadline, operators }, timeline),
    [deadline, operators, timeline],
  );
  const rows = useMemo(
    () => listRunRows(tasks, run.status, { folded, bookkeeping }, limits),
    [tasks, run.status, limits, folded, bookkeeping],
  );
  const [box, width] = useWidth();
  const whole = useMemo(() => makeRoomFor(limits, timeline), [limits, timeline]);
  const axis = useAxis(whole, width);
  const toggle = (taskId: string) => {
    const next = new Set(folded);
    if (!next.delete(taskId)) next.add(taskId);
    setFolded(next);
  };
  return (
    <section aria-label="Timeline" className="flex min-h-0 flex-1 flex-col">
      <Toolbar
        view={view}
        onView={(next) => setState({ view: next })}
        axis={axis}
        active={timeline.active}
      >
        {notes > 0 && (
          <Toggle
            label={`Internal steps (${notes})`}
            on={bookkeeping}
            onToggle={(on) => setState({ bookkeeping: on })}
          />
        )}
      </Toolbar>
      {view === "table" ? (
        <RunTimelineTable
          rows={listRunTableRows(tasks, bookkeeping, limits)}
          selected={selected}
          onSelect={onSelect}
        />
      ) : (
        <RunWaterfall
          rows={rows}
          count={tasks.length}
          timeline={timeline}
          axis={axis}
          box={box}
          width={width}
          selected={selected}
          onSelect={onSelect}
          onToggle={toggle}
        />
      )}
    </section>
  );
}
