import { cn } from "@/lib/cn";

const WIDTH = 72;
const HEIGHT = 14;
const INSET = 4;

/** The scale is 10 ms to 30 min. */
const MIN = Math.log10(10);
const MAX = Math.log10(1_800_000);

/** The x position of a duration, in pixels. Durations outside the scale are clamped to its ends. */
export function placeOnScale(ms: number): number {
  const share = (Math.log10(Math.max(ms, 1)) - MIN) / (MAX - MIN);
  const at = INSET + Math.min(Math.max(share, 0), 1) * (WIDTH - 2 * INSET);
  // Logarithms differ in the last digit between server and browser; rounding avoids a hydration mismatch.
  return Math.round(at * 10) / 10;
}

const TICKS = [10, 100, 1_000, 10_000, 60_000, 600_000];

/** The line of the scale, with a tick at each of its marks. */
function Ticks({ y }: { y: number }) {
  return (
    <path
      d={`M0 ${y}H${WIDTH}${TICKS.map((ms) => `M${placeOnScale(ms)} ${y - 3}v6`).join("")}`}
      className="stroke-line-control"
    />
  );
}

/** The scale for a column header, labelled where there is space: its ends are in the accessible name. */
export function LogScale() {
  return (
    <svg
      width={WIDTH}
      height={20}
      role="img"
      aria-label="Logarithmic scale from 10 ms to 30 min"
      className="inline-block shrink-0 fill-current align-middle text-[10px]"
    >
      {/* Anchored away from each other: centred, they touch. */}
      <text x={placeOnScale(1_000) + 4} y={9} textAnchor="end">
        1 s
      </text>
      <text x={placeOnScale(60_000) - 4} y={9}>
        1 min
      </text>
      <Ticks y={16} />
    </svg>
  );
}

/** Median (a line) and 95th percentile (a dot) on a logarithmic scale. Decorative: the numbers are shown beside it. */
export function LogRange({ p50, p95, bad }: { p50: number; p95: number; bad: boolean }) {
  const [from, to] = [placeOnScale(p50), placeOnScale(p95)];
  const y = HEIGHT / 2;
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
      className="inline-block shrink-0 align-middle"
    >
      <Ticks y={y} />
      <path
        d={`M${from} ${y}H${to}`}
        strokeWidth="2"
        className={bad ? "stroke-failed-solid" : "stroke-chart-2"}
      />
      <path d={`M${from} 1V${HEIGHT - 1}`} strokeWidth="2" className="stroke-ink" />
      <circle cx={to} cy={y} r="3" className={cn(bad ? "fill-failed-solid" : "fill-chart-2")} />
    </svg>
  );
}
