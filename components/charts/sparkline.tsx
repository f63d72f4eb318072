import { cn } from "@/lib/cn";

const WIDTH = 96;
const HEIGHT = 20;

/** More bars would each be thinner than a pixel. */
const MAX_BARS = 32;

/** A bar chart of counts over time, without axes. Decorative: the numbers are shown beside it. */
export function Sparkline({
  values,
  tone = "plain",
}: {
  values: readonly number[];
  tone?: "plain" | "bad";
}) {
  const bars = condense(values, MAX_BARS);
  const max = Math.max(...bars, 1);
  const step = WIDTH / bars.length;
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      className={cn("shrink-0", tone === "bad" ? "fill-failed-solid" : "fill-chart-2")}
    >
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className="stroke-line" />
      <path
        d={bars
          .map((value, index) => {
            const height = value === 0 ? 0 : Math.max((value / max) * (HEIGHT - 2), 1.5);
            return `M${(index * step).toFixed(1)} ${HEIGHT}v${-height.toFixed(1)}h${(step - 0.8).toFixed(1)}V${HEIGHT}z`;
          })
          .join("")}
      />
    </svg>
  );
}

/** Sums neighbouring values into at most `limit` buckets; a value is never split. */
export function condense(values: readonly number[], limit: number): number[] {
  const buckets = Math.min(values.length, limit);
  const sums = new Array<number>(buckets).fill(0);
  values.forEach((value, index) => {
    const at = Math.floor((index * buckets) / values.length);
    sums[at] = (sums[at] ?? 0) + value;
  });
  return sums;
}
