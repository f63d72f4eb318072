import type { Timeline } from "./model.ts";

/**
 * The timeline at a later instant, in milliseconds, by the same rows: the now-line and the time left of what is planned move
 * there. Open ends stay at the reading, because what the task did since is not known.
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
