import type { Range } from "./idle.ts";

/** A stretch of hidden time, drawn as a zigzag `width` pixels wide. */
export type Gap = Range & { x: number; width: number };

/** Maps time to pixels, piecewise linear where idle time is hidden. `from` and `to` are the window in milliseconds. */
export type Scale = {
  from: number;
  to: number;
  width: number;
  gaps: Gap[];
  /** Pixels for an instant, clamped to the window. */
  toX: (at: number) => number;
  /** The instant at a pixel. A gap is linear too, at its own scale. */
  toTime: (x: number) => number;
};

const GAP_PX = 24;
/** Idle time that stays visible on both sides of a gap, so that bars visibly run into it. */
const KEEP_PX = 14;
/** Idle time is hidden only if it would take more than this share of the width. */
const MIN_HIDDEN_SHARE = 0.2;
/** Idle time shorter than this is never hidden. */
const MIN_HIDDEN_MS = 60_000;
/** At least this much stays visible on each side of a gap. */
const MIN_KEPT_MS = 2_000;

/**
 * A scale for the window `[from, to]` on `width` pixels. Idle ranges that take up much of the width at this zoom
 * become gaps of fixed width, longest first; gaps take at most half of the width.
 */
export function createScale(window: Range, width: number, idle: Range[] = []): Scale {
  const length = Math.max(window.to - window.from, 1);
  const hidden = chooseGaps(length, width, idle);
  const hiddenMs = hidden.reduce((sum, range) => sum + range.to - range.from, 0);
  const pxPerMs = (width - hidden.length * GAP_PX) / Math.max(length - hiddenMs, 1);

  const knots: { at: number; x: number }[] = [{ at: window.from, x: 0 }];
  const gaps: Gap[] = [];
  let last = { at: window.from, x: 0 };
  for (const range of hidden) {
    const x = last.x + (range.from - last.at) * pxPerMs;
    gaps.push({ ...range, x, width: GAP_PX });
    last = { at: range.to, x: x + GAP_PX };
    knots.push({ at: range.from, x }, last);
  }
  knots.push({ at: window.from + length, x: width });
  return {
    from: window.from,
    to: window.from + length,
    width,
    gaps,
    toX: (at) => interpolate(knots, "at", "x", at),
    toTime: (x) => interpolate(knots, "x", "at", x),
  };
}

function chooseGaps(length: number, width: number, idle: Range[]): Range[] {
  const most = Math.floor(width / 2 / (GAP_PX + 2 * KEEP_PX));
  const longest = [...idle].sort((one, other) => other.to - other.from - (one.to - one.from));
  const keep = computeKeptMs(length, width, longest, most);
  let shown = length;
  const chosen: Range[] = [];
  for (const range of longest.slice(0, most)) {
    // Measured at the zoom that results from the gaps already chosen.
    const inner = { from: range.from + keep, to: range.to - keep };
    if (inner.to - inner.from < Math.max(shown * MIN_HIDDEN_SHARE, MIN_HIDDEN_MS)) break;
    chosen.push(inner);
    shown -= inner.to - inner.from;
  }
  return chosen.sort((one, other) => one.from - other.from);
}

/** `KEEP_PX` in milliseconds at the zoom that results from hiding the longest stretches. */
function computeKeptMs(length: number, width: number, longest: Range[], most: number): number {
  const idleMs = longest.slice(0, most).reduce((sum, range) => sum + range.to - range.from, 0);
  return Math.max(((length - idleMs) / width) * KEEP_PX, MIN_KEPT_MS);
}

function interpolate<K extends "at" | "x", V extends "at" | "x">(
  knots: { at: number; x: number }[],
  key: K,
  value: V,
  position: number,
): number {
  let before = knots[0];
  for (const knot of knots) {
    if (!before || knot === before) continue;
    if (position <= knot[key]) {
      const share = (position - before[key]) / Math.max(knot[key] - before[key], Number.EPSILON);
      return before[value] + Math.min(Math.max(share, 0), 1) * (knot[value] - before[value]);
    }
    before = knot;
  }
  return before?.[value] ?? 0;
}
