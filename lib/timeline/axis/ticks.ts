import type { Scale } from "./scale.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

/** `precision` is the smallest unit that a label needs at this step. */
export type Ticks = {
  ticks: { at: number; x: number }[];
  precision: "millisecond" | "second" | "minute" | "day";
};

/**
 * Round instants on the visible part of the axis, about `spacing` pixels apart and none inside hidden time. `offsetMs`
 * is the reader's offset from UTC, so that hours and days are round in their zone.
 */
export function listTicks(scale: Scale, spacing = 76, offsetMs = 0): Ticks {
  const hidden = scale.gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const pixels = scale.width - scale.gaps.reduce((sum, gap) => sum + gap.width, 0);
  const msPerPx = Math.max(scale.to - scale.from - hidden, 1) / Math.max(pixels, 1);
  const least = msPerPx * spacing;
  // Beyond the listed steps: a whole number of years.
  const step = STEPS.find((length) => length >= least) ?? Math.ceil(least / YEAR) * YEAR;
  const ticks: Ticks["ticks"] = [];
  const first = Math.ceil((scale.from + offsetMs) / step) * step - offsetMs;
  for (let at = first; at <= scale.to; at += step) {
    const gap = scale.gaps.find((hiddenTime) => at >= hiddenTime.from && at <= hiddenTime.to);
    if (gap) {
      // Skip all steps inside the gap at once: it may hide weeks at a step of seconds.
      at += Math.floor((gap.to - at) / step) * step;
      continue;
    }
    const x = scale.toX(at);
    const crowded = x - (ticks.at(-1)?.x ?? Number.NEGATIVE_INFINITY) < spacing * 0.9;
    if (!crowded) ticks.push({ at, x });
  }
  return { ticks, precision: choosePrecision(step) };
}

function choosePrecision(step: number): Ticks["precision"] {
  if (step < SECOND) return "millisecond";
  if (step < MINUTE) return "second";
  return step < DAY ? "minute" : "day";
}
