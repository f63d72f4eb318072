import type { Timeline } from "./model.ts";

/**
 * The same timeline at a later instant, in milliseconds: moves the now-line and shortens the planned time that is
 * left. Open ends stay at the reading, because later activity is unknown.
 */
export function moveNow(timeline: Timeline, now: number): Timeline {
  if (!timeline.active || now <= timeline.now) return timeline;
  const lanes = timeline.lanes.map((lane) => ({
    ...lane,
    ahead: lane.ahead.map((one) => ({
      ...one,
      from: Math.max(one.from, Math.min(now, one.until)),
    })),
  }));
  return { ...timeline, now, to: Math.max(timeline.to, now), lanes };
}
