"use client";
import { useMemo, useState } from "react";
import { findIdle, type Range } from "@/lib/timeline/axis/idle";
import { createScale, type Scale } from "@/lib/timeline/axis/scale";
import { getShownProjection, type Timeline } from "@/lib/timeline/model";

/** Shortest window that zooming allows. */
const MIN_WINDOW_MS = 5;

export type Axis = {
  /** The visible window; `whole` covers everything, for the minimap. */
  scale: Scale;
  whole: Scale;
  zoomed: boolean;
  hideIdle: boolean;
  setHideIdle: (hide: boolean) => void;
  follow: boolean;
  setFollow: (follow: boolean) => void;
  /** Shows a range; `null` shows everything. */
  show: (range: Range | null) => void;
  /** Zooms by a factor around a pixel of the visible window. */
  zoom: (factor: number, x?: number) => void;
  /** Moves the window by pixels. */
  pan: (pixels: number) => void;
  /** Moves the window so that the range is visible. */
  reveal: (range: Range) => void;
};

/**
 * State of the time axis: window, zoom and hidden idle time. `width` is that of the timeline in pixels, `mapWidth` the
 * minimap's.
 */
export function useAxis(timeline: Timeline, width: number, mapWidth = width): Axis {
  const [hideIdle, setHideIdle] = useState(true);
  const [follow, setFollow] = useState(true);
  const [chosen, setChosen] = useState<Range | null>(null);

  const all = useMemo(
    () => computeWholeRange(timeline, width, hideIdle),
    [timeline, width, hideIdle],
  );
  const { from, to } = (chosen && follow && slide(chosen, timeline)) || chosen || all;
  const scales = useMemo(() => {
    const createScaleFor = (range: Range, pixels: number) =>
      createScale(range, Math.max(pixels, 1), hideIdle ? listIdleIn(timeline, range) : []);
    return { scale: createScaleFor({ from, to }, width), whole: createScaleFor(all, mapWidth) };
  }, [timeline, from, to, all, hideIdle, width, mapWidth]);

  const show = (range: Range | null) => {
    if (!range) {
      setFollow(true);
      return setChosen(null);
    }
    const middle = (range.from + range.to) / 2;
    const half = Math.max((range.to - range.from) / 2, MIN_WINDOW_MS / 2);
    setChosen({ from: middle - half, to: middle + half });
    // Following now would scroll away from the past that the reader selected.
    if (range.to < timeline.now) setFollow(false);
  };
  const { scale } = scales;
  return {
    ...scales,
    zoomed: chosen !== null,
    hideIdle,
    setHideIdle,
    follow: follow && timeline.active,
    setFollow,
    show,
    zoom: (factor, x = scale.width / 2) => {
      const left = scale.toTime(x - x / factor);
      const right = scale.toTime(x + (scale.width - x) / factor);
      if (factor >= 1) return show({ from: left, to: right });
      const at = scale.toTime(x);
      const wider = { from: at - (at - scale.from) / factor, to: at + (scale.to - at) / factor };
      show(wider.from <= all.from && wider.to >= all.to ? null : clamp(wider, all));
    },
    pan: (pixels) => {
      setFollow(false);
      const shift = pixels * ((scale.to - scale.from) / scale.width);
      const start = Math.min(
        Math.max(scale.from + shift, all.from),
        Math.max(all.to - (scale.to - scale.from), all.from),
      );
      show({ from: start, to: start + scale.to - scale.from });
    },
    reveal: (range) => {
      if (chosen === null || (range.to >= scale.from && range.from <= scale.to)) return;
      const half = (scale.to - scale.from) / 2;
      const middle = (range.from + range.to) / 2;
      setFollow(false);
      setChosen({ from: middle - half, to: middle + half });
    },
  };
}

/** Space for labels at the right end, as a share of the window. */
const MARGIN = { active: 0.09, ended: 0.04 };

/** The task's lifetime and planned times, with space for labels at the end. */
function computeWholeRange(timeline: Timeline, width: number, hideIdle: boolean): Range {
  const { from, active } = timeline;
  const to = Math.max(findLastInstant(timeline), from + MIN_WINDOW_MS * 4);
  const idle = hideIdle ? findIdle(timeline, { from, to }) : [];
  const { gaps } = createScale({ from, to }, Math.max(width, 1), idle);
  const shown = gaps.reduce((rest, gap) => rest - (gap.to - gap.from), to - from);
  const margin = shown * (active ? MARGIN.active : MARGIN.ended);
  return { from: from - shown * 0.005, to: to + margin };
}

/** Idle time up to the last known instant, so that the margin after it stays visible. */
function listIdleIn(timeline: Timeline, range: Range): Range[] {
  const to = Math.max(Math.min(range.to, findLastInstant(timeline)), range.from);
  return findIdle(timeline, { from: range.from, to });
}

function findLastInstant(timeline: Timeline): number {
  const { from, to, lanes } = timeline;
  const ahead = lanes.flatMap((lane) => lane.ahead);
  const known = [
    ...ahead.flatMap(({ kind, until }) => (kind === "lease" ? [] : until)),
    ...lanes.flatMap((lane) => lane.markers.map(({ at }) => at)),
  ];
  const planned = Math.max(to, ...known.filter(Number.isFinite));
  // A long lease must not compress the past; it extends to the edge.
  const room = planned + (planned - from) / 2;
  const leases = ahead.flatMap(({ kind, until }) =>
    kind === "lease" ? Math.min(until, room) : [],
  );
  const last = Math.max(planned, ...leases);
  const retries = getShownProjection(timeline)?.retries.filter(({ at }) => at <= room) ?? [];
  return Math.max(last, ...retries.map(({ at }) => at));
}

/** The range shifted so that now is near its right end, with unchanged length. */
function slide(range: Range, { now, active }: Timeline): Range | null {
  if (!active) return null;
  const length = range.to - range.from;
  return { from: now - length * 0.9, to: now + length * 0.1 };
}

function clamp(range: Range, limits: Range): Range {
  return { from: Math.max(range.from, limits.from), to: Math.min(range.to, limits.to) };
}
