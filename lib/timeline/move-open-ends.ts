import type { Lane, Timeline } from "./model.ts";

/**
 * The timeline at a later instant, in milliseconds, by the same rows: open ends move there, but not beyond what is
 * planned. What happens then, such as a wake that is late, is left to the next reading.
 */
export function moveOpenEnds(timeline: Timeline, now: number): Timeline {
  if (!timeline.active || now <= timeline.now) return timeline;
  const lanes = timeline.lanes.map((lane, index) =>
    index === timeline.lanes.length - 1 ? moveLane(lane, now) : lane,
  );
  return { ...timeline, now, to: Math.max(timeline.to, now), lanes };
}

function moveLane(lane: Lane, now: number): Lane {
  const end = Math.min(now, ...lane.ahead.map(({ until }) => until));
  return {
    ...lane,
    to: Math.max(lane.to, end),
    spans: lane.spans.map((span) =>
      span.end === "open" ? { ...span, to: Math.max(span.to, end) } : span,
    ),
    ahead: lane.ahead.map((one) => ({ ...one, from: Math.max(one.from, end) })),
  };
}
