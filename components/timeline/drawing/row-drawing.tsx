import { useZone } from "@/components/ui/text/zone";
import { formatClock } from "@/lib/format";
import { toInstant } from "@/lib/model/instants";
import type { Scale } from "@/lib/timeline/axis/scale";
import type { Lane, Marker } from "@/lib/timeline/model";
import { listNotes } from "../span-text";
import { getRowHeight, type Row } from "../timeline-rows";
import { AheadBar, Bar, place, Thread } from "./bar";
import { BarLabel } from "./bar-label";
import { listVisible } from "./list-visible";
import { ProjectionDrawing } from "./projection-drawing";

/** The right side of a row: bars on the time axis, with short text beside them. */
export function RowDrawing({ row, scale }: { row: Row; scale: Scale }) {
  const height = getRowHeight(row);
  return (
    <svg
      width={scale.width}
      height={height}
      aria-hidden="true"
      className="absolute inset-y-0 right-0 block"
    >
      <Drawing row={row} scale={scale} height={height} />
    </svg>
  );
}

function Drawing({ row, scale, height }: { row: Row; scale: Scale; height: number }) {
  const zone = useZone();
  switch (row.kind) {
    case "lane":
      return <LaneDrawing lane={row.lane} scale={scale} row={height} />;
    case "span": {
      const { span, tail, ahead } = row;
      const notes = listNotes(span, tail, ahead, zone);
      const end = ahead ? Math.min(ahead.until, scale.to) : (tail ?? span).to;
      return (
        <>
          <g clipPath={SHOWN}>
            {ahead && <AheadBar ahead={ahead} scale={scale} row={height} />}
            {tail && <Bar span={tail} scale={scale} row={height} />}
            <Bar span={span} scale={scale} row={height} />
          </g>
          <BarLabel
            notes={notes}
            from={span.from}
            to={end}
            inside={(ahead ?? tail ?? span).from}
            scale={scale}
            row={height}
          />
        </>
      );
    }
    case "replayed": {
      const { span } = row;
      const attempts = span.attempts.length === 1 ? "attempt" : "attempts";
      const text =
        span.attempts.length > 0
          ? `from ${attempts} ${span.attempts.join(", ")}`
          : "from the forked task";
      return (
        <>
          <Bar span={span} scale={scale} row={height} />
          <BarLabel
            notes={[{ text, tone: "quiet" }]}
            from={span.from}
            to={span.to}
            scale={scale}
            row={height}
          />
        </>
      );
    }
    case "replayed-step": {
      const from = row.attempt === row.lane.attempt ? "copied" : `attempt ${row.attempt}`;
      return (
        <>
          <Bar span={row.span} scale={scale} row={height} height={8} />
          <BarLabel
            notes={[{ text: from, tone: "quiet" }]}
            from={row.span.from}
            to={row.span.to}
            scale={scale}
            row={height}
          />
        </>
      );
    }
    case "late-write": {
      const { at } = row.marker;
      const text = `written ${formatClock(toInstant(at), zone)}, after the end`;
      return (
        <BarLabel notes={[{ text, tone: "late" }]} from={at} to={at} scale={scale} row={height} />
      );
    }
    case "projection":
      return <ProjectionDrawing projection={row.projection} scale={scale} row={height} />;
  }
}

/** Clips bars to time that isn't hidden. */
const SHOWN = "url(#timeline-shown)";

const SUSPENDED: ReadonlySet<string> = new Set([
  "sleep",
  "event-wait",
  "timed-out-wait",
  "deferred",
  "backoff",
]);

/** The whole attempt as thin bars: work as blocks, suspensions as a line between them. */
function LaneDrawing({ lane, scale, row }: { lane: Lane; scale: Scale; row: number }) {
  return (
    <g clipPath={SHOWN}>
      {listVisible(lane.spans, scale).map((span) => {
        if (SUSPENDED.has(span.kind))
          return <Thread key={span.id} span={span} scale={scale} row={row} />;
        const drawn =
          span.kind === "step" ? ({ ...span, kind: "working", worker: null } as const) : span;
        return <Bar key={span.id} span={drawn} scale={scale} row={row} height={8} />;
      })}
      {lane.ahead.map((ahead) => (
        <AheadBar key={ahead.kind} ahead={ahead} scale={scale} row={row} height={8} />
      ))}
      {lane.markers.map((marker) => (
        <MarkerIcon
          key={`${marker.kind}${marker.at}${marker.label}`}
          marker={marker}
          scale={scale}
          row={row}
        />
      ))}
    </g>
  );
}

const MARKERS: Partial<Record<Marker["kind"], string>> = {
  failed: "fill-failed-solid",
  "lease-expired": "fill-failed-solid",
  cancelled: "fill-cancelled-solid",
  completed: "fill-completed-solid",
};

function MarkerIcon({ marker, scale, row }: { marker: Marker; scale: Scale; row: number }) {
  const fill = MARKERS[marker.kind];
  const box = place(marker.at, marker.at, scale, row, row);
  if (!fill || !box) return null;
  const y = row / 2;
  if (marker.kind === "lease-expired")
    return <rect x={box.x} y={y - 9} width={2} height={18} className={fill} />;
  return (
    <g transform={`translate(${Math.min(box.x + 8, scale.width - 6)} ${y})`}>
      <circle r={5} className={fill} />
      <path
        d={
          marker.kind === "completed"
            ? "m-2.2 .2 1.6 1.6L2.2-1.8"
            : "m-1.8-1.8 3.6 3.6m0-3.6-3.6 3.6"
        }
        fill="none"
        strokeWidth="1.3"
        className="stroke-surface"
      />
    </g>
  );
}
