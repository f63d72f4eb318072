import type { Scale } from "@/lib/timeline/axis/scale";
import { listTicks } from "@/lib/timeline/axis/ticks";
import type { Timeline } from "@/lib/timeline/model";

/** Drawn behind all rows: lines at the ticks, and zigzags where time is hidden. */
export function Backdrop({ scale, height }: { scale: Scale; height: number }) {
  return (
    <svg
      width={scale.width}
      height={height}
      aria-hidden="true"
      className="pointer-events-none absolute top-0 right-0"
    >
      <defs>
        <clipPath id="timeline-shown">
          {listShownRanges(scale).map(([from, to]) => (
            <rect key={from} x={from} y={-10} width={Math.max(to - from, 0)} height={60} />
          ))}
        </clipPath>
      </defs>
      {listTicks(scale, 84).ticks.map(({ at, x }) => (
        <line key={at} x1={x} x2={x} y1={0} y2={height} className="stroke-chart-grid" />
      ))}
      {scale.gaps.map((gap) => (
        <rect
          key={gap.from}
          transform={`translate(${gap.x + (gap.width - ZIGZAG_PX) / 2} 0)`}
          width={ZIGZAG_PX}
          height={height}
          fill="url(#timeline-hidden)"
        />
      ))}
    </svg>
  );
}

const ZIGZAG_PX = 12;

/** Pixel ranges between the zigzags. Bars are clipped to them, text isn't. */
function listShownRanges(scale: Scale): [number, number][] {
  const cuts = scale.gaps.map(({ x, width }) => x + width / 2);
  return [0, ...cuts].map((cut, index) => [
    index === 0 ? 0 : cut + ZIGZAG_PX / 2,
    cuts[index] === undefined ? scale.width : cuts[index] - ZIGZAG_PX / 2,
  ]);
}

/** The x position of now; `null` if it isn't in the window or the task has ended. */
export function placeNow(scale: Scale, { now, active }: Timeline): number | null {
  return active && now >= scale.from && now <= scale.to ? scale.toX(now) : null;
}

/** The now-line, drawn in front of all rows. */
export function NowLine({
  scale,
  timeline,
  height,
}: {
  scale: Scale;
  timeline: Timeline;
  height: number;
}) {
  const x = placeNow(scale, timeline);
  if (x === null) return null;
  return (
    <svg
      width={scale.width}
      height={height}
      aria-hidden="true"
      className="pointer-events-none absolute top-0 right-0"
    >
      <line x1={x} x2={x} y1={0} y2={height} className="stroke-ink" />
    </svg>
  );
}
