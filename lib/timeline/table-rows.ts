import {
  type Ahead,
  type Lane,
  type Marker,
  type ProjectedRetry,
  projectionOf,
  type Span,
  type Timeline,
} from "./model.ts";

/** One line of the timeline's table twin. Instants in milliseconds; `to` is `null` for what has no end. */
export type TimelineRow = {
  id: string;
  attempt: number;
  what: string;
  /** The step, event, worker or error it is about, as the engine has it. */
  subject: string | null;
  from: number;
  to: number | null;
  /** What of it was not recorded. */
  note: string | null;
};

/** The timeline as rows: everything the drawing shows, by attempt and time. */
export function listTableRows(timeline: Timeline): TimelineRow[] {
  const rows = timeline.lanes.flatMap((lane) => [
    ...lane.spans.map((span) => spanRow(lane, span)),
    ...lane.markers.map((marker, index) => markerRow(lane, marker, index)),
    ...lane.ahead.map((ahead) => aheadRow(lane, ahead)),
  ]);
  return [...rows, ...(projectionOf(timeline)?.retries ?? []).map(retryRow)];
}

function retryRow({ attempt, at, delaySeconds }: ProjectedRetry): TimelineRow {
  return {
    id: `${attempt}.projected`,
    attempt,
    what: "retry",
    subject: null,
    from: at - delaySeconds * 1000,
    to: at,
    note: "projected, if it fails now and each retry at once",
  };
}

function spanRow(lane: Lane, span: Span): TimelineRow {
  return {
    id: span.id,
    attempt: lane.attempt,
    what: nameSpan(span),
    subject: subjectOf(span),
    from: span.from,
    to: span.to,
    note: certaintyNote(span),
  };
}

/** What a span is, in a word or two. */
export function nameSpan(span: Span): string {
  switch (span.kind) {
    case "queued":
      return { new: "queued", retry: "queued", woken: "woken, queued" }[span.reason];
    case "replayed":
      return nameReplayed(span);
    case "event-wait":
      return "event wait";
    case "timed-out-wait":
      return "event wait, timed out";
    case "deferred":
      return span.unknownTask ? "put back, unknown task" : "put back";
    case "lost":
      return "lease lost";
    case "expired":
      return "lease expired";
    case "unknown":
      return "not recorded";
    default:
      return span.kind;
  }
}

function nameReplayed(span: Span & { kind: "replayed" }): string {
  const steps = span.count === 1 ? "1 step" : `${span.count} steps`;
  if (span.copied === span.count) return `${steps} copied`;
  const attempts = span.attempts.length === 1 ? "attempt" : "attempts";
  return `${steps} replayed from ${attempts} ${span.attempts.join(", ")}`;
}

function subjectOf(span: Span): string | null {
  switch (span.kind) {
    case "step":
    case "sleep":
      return span.step;
    case "event-wait":
      return span.event ?? span.step;
    case "timed-out-wait":
      return span.event;
    case "working":
    case "lost":
    case "expired":
      return span.worker;
    case "failure":
      return span.error && [span.error.name, span.error.message].filter(Boolean).join(": ");
    case "backoff":
      return span.policy;
    default:
      return null;
  }
}

function certaintyNote({ start, end }: Span): string | null {
  if (start === "inferred" && end === "inferred") return "start and end inferred";
  if (start === "inferred") return "start inferred";
  if (end === "inferred") return "end inferred";
  return end === "open" ? "going on" : null;
}

function markerRow(lane: Lane, marker: Marker, index: number): TimelineRow {
  return {
    id: `${lane.attempt}.marker.${index}`,
    attempt: lane.attempt,
    what: marker.kind.replace("-", " "),
    subject: marker.label ?? null,
    from: marker.at,
    to: marker.at,
    note: null,
  };
}

function aheadRow(lane: Lane, ahead: Ahead): TimelineRow {
  return {
    id: `${lane.attempt}.ahead.${ahead.kind}`,
    attempt: lane.attempt,
    what: ahead.kind === "lease" ? "lease left" : `${ahead.kind.replace("-", " ")}, still ahead`,
    subject: null,
    from: ahead.from,
    to: ahead.until === Number.POSITIVE_INFINITY ? null : ahead.until,
    note: "planned",
  };
}
