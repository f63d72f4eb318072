"use client";
import { useZone } from "@/components/ui/zone";
import { formatClock, formatInstant } from "@/lib/format";
import { listTicks, type Ticks } from "@/lib/timeline/axis-ticks";
import { formatAge } from "@/lib/timeline/duration";
import type { Timeline } from "@/lib/timeline/model";
import type { Scale } from "@/lib/timeline/scale";

/** The axis that stays on top: round instants in the reader's zone, hidden time, and now. */
export function AxisHeader({ scale, timeline }: { scale: Scale; timeline: Timeline }) {
  const zone = useZone();
  const { ticks, precision } = listTicks(scale, 76, zoneOffset(scale.from, zone));
  const showNow = timeline.active && timeline.now >= scale.from && timeline.now <= scale.to;
  const nowX = scale.toX(timeline.now);
  const taken = [...scale.gaps.map((gap) => gap.x + gap.width / 2), ...(showNow ? [nowX] : [])];
  return (
    <svg width={scale.width} height={28} aria-hidden="true" className="block text-12">
      {ticks
        .filter(({ x }) => taken.every((other) => Math.abs(other - x) > 58))
        .map(({ at, x }) => (
          <g key={at}>
            <line x1={x} x2={x} y1={23} y2={28} className="stroke-line-strong" />
            <text x={x} y={18} textAnchor={x < 24 ? "start" : "middle"} className="fill-ink-3">
              {tickLabel(at, zone, precision)}
            </text>
          </g>
        ))}
      {scale.gaps.map((gap) => {
        const text = `${formatAge(gap.to - gap.from)} idle`;
        const width = text.length * 6.2 + 12;
        const x = Math.min(Math.max(gap.x + gap.width / 2, width / 2), scale.width - width / 2);
        return (
          <g key={gap.from}>
            <title>
              {`${clockOf(gap.from, zone)} to ${clockOf(gap.to, zone)} is hidden: nothing was executed`}
            </title>
            <rect
              x={x - width / 2}
              y={4}
              width={width}
              height={18}
              rx={3}
              className="fill-active"
            />
            <text x={x} y={17} textAnchor="middle" className="fill-ink-2">
              {text}
            </text>
          </g>
        );
      })}
      {showNow && (
        <g transform={`translate(${Math.min(Math.max(nowX, 30), scale.width - 30)} 0)`}>
          <rect x={-30} y={4} width={60} height={18} rx={3} className="fill-inverse" />
          <text x={0} y={17} textAnchor="middle" className="fill-ink-inverse font-medium">
            {clockOf(timeline.now, zone)}
          </text>
        </g>
      )}
    </svg>
  );
}

function clockOf(at: number, zone: string): string {
  return formatClock(new Date(at).toISOString(), zone);
}

function tickLabel(at: number, zone: string, precision: Ticks["precision"]): string {
  const instant = formatInstant(new Date(at).toISOString(), zone);
  switch (precision) {
    case "millisecond":
      return instant.slice(17);
    case "second":
      return instant.slice(11, 19);
    case "minute":
      return instant.slice(11, 16);
    case "day":
      return instant.slice(5, 10);
  }
}

/** How far the zone is from UTC at an instant, in milliseconds. */
function zoneOffset(at: number, zone: string): number {
  const iso = new Date(at).toISOString();
  return Date.parse(`${formatInstant(iso, zone).replace(" ", "T")}Z`) - Date.parse(iso);
}
