import type { Note } from "@/components/timeline/span-text";
import { formatAge } from "@/lib/format";
import type { RunView } from "@/lib/highway/view/run-view";
import type { Circuit } from "@/lib/model/workflow";
import type { Timeline } from "@/lib/timeline/model";

/** An external limit of a run: its deadline, or a circuit breaker that isn't closed. Times are in milliseconds. */
export type RunLimit = {
  key: string;
  /** The circuit breaker's operator; `null` for the deadline. */
  path: string | null;
  title: string;
  /** For the table: the kind of limit, and how certain its end is. */
  what: string;
  certainty: string;
  from: number;
  /** `null` if no end is planned. */
  until: number | null;
  notes: Note[];
};

type Bounded = Pick<RunView, "deadline" | "operators">;
type Times = Pick<Timeline, "from" | "to" | "now" | "active">;

/**
 * The deadline, followed by open and half-open circuits. Circuits are shared by all runs of a workflow and have no
 * history, so an ended run shows none.
 */
export function listRunLimits({ deadline, operators }: Bounded, times: Times): RunLimit[] {
  const circuits = Object.entries(operators).flatMap(([path, { circuit }]) =>
    times.active && circuit && circuit.state !== "closed"
      ? [toCircuitLimit(path, circuit, times.now)]
      : [],
  );
  return [...(deadline === null ? [] : [toDeadline(Date.parse(deadline), times)]), ...circuits];
}

function toDeadline(until: number, { from, to, now, active }: Times): RunLimit {
  const limit = { key: "deadline", path: null, title: "deadline", what: "deadline", from, until };
  if (!active && to < until)
    return { ...limit, certainty: "not reached", notes: [{ text: "not reached", tone: "quiet" }] };
  if (!active)
    return { ...limit, certainty: "reached", notes: [{ text: "ended the run", tone: "bad" }] };
  const text = until > now ? `ends the run in ${formatAge(until - now)}` : "passed: the run ends";
  return { ...limit, certainty: "planned", notes: [{ text, tone: "late" }] };
}

function toCircuitLimit(path: string, circuit: Circuit, now: number): RunLimit {
  const isOpen = circuit.state === "open";
  const word = isOpen ? "open" : "half-open";
  const end = isOpen ? circuit.retryAt : circuit.probeUntil;
  const until = end === null ? null : Date.parse(end);
  const isPending = until !== null && until > now;
  const notes: Note[] = isPending
    ? [
        isOpen
          ? { text: `no calls for ${formatAge(until - now)}`, tone: "bad" }
          : { text: `a call probes, for ${formatAge(until - now)} at most`, tone: "late" },
      ]
    : [{ text: "the next call probes", tone: "late" }];
  return {
    key: `circuit ${path}`,
    path,
    title: `${path}: circuit ${word}`,
    what: `circuit ${word}`,
    certainty: isPending ? "planned" : "recorded",
    from: Date.parse(circuit.updatedAt),
    until: until === null ? null : Math.max(until, Date.parse(circuit.updatedAt)),
    notes,
  };
}

/** An end further away than this is drawn behind hidden time. */
const FAR_MS = 60_000;

/** Extends the timeline to planned ends, unless one would compress the past too much. */
export function makeRoomFor(limits: readonly RunLimit[], timeline: Timeline): Timeline {
  if (!timeline.active) return timeline;
  const { from, to } = timeline;
  const ends = limits.flatMap(({ until }) => {
    const ahead = (until ?? to) - to;
    return until !== null && (ahead > FAR_MS || ahead <= 3 * (to - from)) ? until : [];
  });
  return { ...timeline, to: Math.max(to, ...ends) };
}
