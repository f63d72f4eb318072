import type { Lane, SpanKind, Timeline } from "../model.ts";

/** A range of time in milliseconds. */
export type Range = { from: number; to: number };

const WAITING: ReadonlySet<SpanKind> = new Set<SpanKind>([
  "queued",
  "backoff",
  "sleep",
  "late",
  "event-wait",
  "timed-out-wait",
  "deferred",
  "unknown",
]);

/**
 * The ranges of a window in which no attempt executed: waits, sleeps and the time between attempts. Ordered and
 * disjoint. Empty if nothing executed at all, because then there is nothing but waiting to show.
 */
export function findIdle(timeline: Timeline, window: Range): Range[] {
  const idle: Range[] = [];
  let at = window.from;
  const busy = timeline.lanes
    .flatMap(listBusy)
    .filter(({ from, to }) => to > window.from && from < window.to)
    .sort((one, other) => one.from - other.from);
  if (busy.length === 0) return [];
  for (const { from, to } of busy) {
    if (from > at) idle.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (at < window.to) idle.push({ from: at, to: window.to });
  return idle;
}

function listBusy(lane: Lane): Range[] {
  return lane.spans.filter((span) => !WAITING.has(span.kind) && span.kind !== "replayed");
}
