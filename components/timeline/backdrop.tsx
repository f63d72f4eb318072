import { listTicks } from "@/lib/timeline/axis-ticks";
import type { Timeline } from "@/lib/timeline/model";
import type { Scale } from "@/lib/timeline/scale";

/** Behind all rows: fine lines at the ticks, zigzags where time is hidden. */
export function Backdrop({ scale, height }: { scale: Scale; height: number }) {
  return (
    <svg
      width={scale.width}
      height={height}
      aria-hidden="true"
      className="pointer-events-none absolute top-0 right-0"
    >
      {listTicks(scale).ticks.map(({ at, x }) => (
        <line key={at} x1={x} x2={x} y1={0} y2={height} className="stroke-chart-grid" />
      ))}
    </svg>
  );
}

/** In front of all rows: hidden time covers what runs through it; the line of now. */
export function Foreground({
  scale,
  timeline,
  height,
}: {
  scale: Scale;
  timeline: Timeline;
  height: number;
}) {
  const { now, active } = timeline;
  const x = scale.toX(now);
  return (
    <svg
      width={scale.width}
      height={height}
      aria-hidden="true"
      className="pointer-events-none absolute top-0 right-0"
    >
      {scale.gaps.map((gap) => (
        <g key={gap.from} transform={`translate(${gap.x + 6} 0)`}>
          <rect width={12} height={height} className="fill-surface" opacity={0.8} />
          <rect width={12} height={height} fill="url(#timeline-hidden)" />
        </g>
      ))}
      {active && now >= scale.from && now <= scale.to && (
        <line x1={x} x2={x} y1={0} y2={height} className="stroke-ink" />
      )}
    </svg>
  );
}
