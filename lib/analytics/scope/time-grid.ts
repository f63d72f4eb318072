import type { Iso } from "@/lib/model/instants";
import type { Window } from "@/lib/search-params/windows";

const MINUTE = 60_000;

/** The width of a bucket: whole units of the clock, chosen so that the bars fit a chart. */
const STEPS: Record<Window, number> = { "1h": MINUTE, "24h": 15 * MINUTE, "7d": 120 * MINUTE };
const LENGTHS: Record<Window, number> = {
  "1h": 60 * MINUTE,
  "24h": 1_440 * MINUTE,
  "7d": 10_080 * MINUTE,
};

/** A window cut into buckets of equal width; milliseconds. The last bucket contains now, so it is incomplete. */
export type TimeGrid = { from: number; step: number; buckets: number };

/**
 * The buckets of a window that ends now. They start at whole minutes, quarters or hours, so they don't shift
 * between queries.
 */
export function timeGrid(window: Window, now: Iso): TimeGrid {
  const step = STEPS[window];
  const at = Date.parse(now);
  const from = Math.floor((at - LENGTHS[window]) / step) * step;
  return { from, step, buckets: Math.floor((at - from) / step) + 1 };
}

/** The start of each bucket, and the end of the last one. */
export function gridEdges({ from, step, buckets }: TimeGrid): Iso[] {
  return Array.from({ length: buckets + 1 }, (_, index) =>
    new Date(from + index * step).toISOString(),
  );
}
