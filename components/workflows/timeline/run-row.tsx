"use client";
import { taskPath } from "@/components/layout/paths";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { AheadBar, Bar } from "@/components/timeline/drawing/bar";
import { BarLabel } from "@/components/timeline/drawing/bar-label";
import { listVisible } from "@/components/timeline/drawing/list-visible";
import { formatSpanLength, listNotes } from "@/components/timeline/span-text";
import { Icon } from "@/components/ui/icons/icon";
import { Link } from "@/components/ui/text/link";
import { useZone } from "@/components/ui/text/zone";
import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";
import type { Scale } from "@/lib/timeline/axis/scale";
import type { TaskRow } from "./run-rows";

/** Row height in pixels. */
export const ROW = 28;

/** One row: name on the left, bars on the right. */
export function RunTimelineRow({
  row,
  scale,
  selected,
  onSelect,
  onToggle,
}: {
  row: TaskRow;
  scale: Scale;
  selected: boolean;
  onSelect: (path: string | null) => void;
  onToggle: (taskId: string) => void;
}) {
  const { task } = row.task.detail;
  return (
    <div
      data-row-path={row.path ?? undefined}
      className={cn(
        "relative h-full",
        row.kind === "task" ? "border-line border-t bg-canvas/70" : "hover:bg-hover/70",
        selected && "bg-accent-soft",
      )}
    >
      <div
        className={cn(
          "absolute inset-y-0 left-0 flex w-40 min-w-0 items-center gap-1.5 border-line border-r pr-2 text-12 wide:w-60 wide:text-13",
          row.kind === "task" ? "pl-1" : "pl-7",
          selected && "border-l-2 border-l-accent",
        )}
      >
        {row.kind === "task" && (
          <button
            type="button"
            aria-label={row.open ? `Fold ${row.title}` : `Unfold ${row.title}`}
            aria-expanded={row.open}
            onClick={() => onToggle(task.taskId)}
            className="grid size-6 shrink-0 place-items-center rounded-1 text-ink-3 hover:bg-active"
          >
            {row.open ? (
              <Icon name="chevron-down" strokeWidth={2} size={12} />
            ) : (
              <Icon name="chevron-right" strokeWidth={2} size={12} />
            )}
          </button>
        )}
        {row.kind === "task" ? (
          <>
            <StateIcon state={row.state} />
            <Link
              href={taskPath(task.queue, task.taskId)}
              data-tip={`Open ${task.name}`}
              className="min-w-0 font-semibold hover:text-accent-text hover:underline"
            >
              <TruncatedStart text={row.title} />
            </Link>
            {task.attempts > 1 && <span className="text-12 text-ink-3">×{task.attempts}</span>}
          </>
        ) : (
          <button
            type="button"
            aria-pressed={selected}
            data-tip={[row.title, row.task.annotations[row.span.id]?.more]
              .filter(Boolean)
              .join(": ")}
            disabled={row.path === null}
            onClick={() => onSelect(selected ? null : row.path)}
            className={cn("h-full min-w-0 flex-1 text-left", isQuiet(row) && "text-ink-2")}
          >
            {isQuiet(row) ? (
              <span className="block truncate">{row.title}</span>
            ) : (
              <TruncatedStart text={row.title} />
            )}
          </button>
        )}
        <span className="ml-auto hidden shrink-0 text-12 text-ink-2 wide:inline">
          {row.kind === "task" ? formatTaskDuration(row) : formatSpanLength(row.span)}
        </span>
      </div>
      <svg
        width={scale.width}
        height={ROW}
        aria-hidden="true"
        className="absolute inset-y-0 right-0 block"
      >
        <g clipPath="url(#timeline-shown)">
          <Drawing row={row} scale={scale} />
        </g>
        {row.kind === "span" && <Label row={row} scale={scale} />}
      </svg>
    </div>
  );
}

/** Truncates at the start, because the end of a path has the operator and its round. */
function TruncatedStart({ text }: { text: string }) {
  return (
    <span dir="rtl" className="block truncate text-left">
      <bdi>{text}</bdi>
    </span>
  );
}

/** Whether the row lacks a name given by the workflow's author. */
function isQuiet({ task, span }: TaskRow & { kind: "span" }): boolean {
  const annotation = task.annotations[span.id];
  return !annotation?.isNamed || annotation.isBookkeeping;
}

function Drawing({ row, scale }: { row: TaskRow; scale: Scale }) {
  if (row.kind === "task")
    return row.task.timeline.lanes.map((lane) => (
      <g key={lane.runId}>
        {listVisible(lane.spans, scale).map((span) => (
          <Bar key={span.id} span={span} scale={scale} height={8} row={ROW} />
        ))}
      </g>
    ));
  const ahead = row.lane.spans.at(-1) === row.span ? row.lane.ahead[0] : undefined;
  return (
    <>
      {ahead && <AheadBar ahead={ahead} scale={scale} row={ROW} />}
      <Bar span={row.span} scale={scale} row={ROW} />
    </>
  );
}

function Label({ row, scale }: { row: TaskRow & { kind: "span" }; scale: Scale }) {
  const zone = useZone();
  const ahead = (row.lane.spans.at(-1) === row.span && row.lane.ahead[0]) || null;
  const end = ahead ? Math.min(ahead.until, scale.to) : row.span.to;
  return (
    <BarLabel
      notes={listNotes(row.span, null, ahead, zone)}
      from={row.span.from}
      to={end}
      inside={(ahead ?? row.span).from}
      scale={scale}
      row={ROW}
    />
  );
}

function formatTaskDuration({ task: { timeline } }: TaskRow): string {
  return formatDuration(timeline.to - timeline.from);
}
