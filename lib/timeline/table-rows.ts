import { labelSpanKind } from "./labels.ts";
import {
  type Ahead,
  getShownProjection,
  type Lane,
  type Marker,
  type ProjectedRetry,
  type Span,
  type Timeline,
} from "./model.ts";

/** One line of the timeline's table. Instants are in milliseconds; `to` is `null` if there is no end. */
export type TimelineRow = {
  id: string;
  attempt: number;
  what: string;
  /** The step, event, worker or error, as stored. */
  subject: string | null;
  from: number;
  to: number | null;
  /** Marks what is inferred, planned or projected. */
  note: string | null;
};

/** Everything that the drawing shows, as rows ordered by attempt and time. */
export function listTableRows(timeline: Timeline): TimelineRow[] {
  const rows = timeline.lanes.flatMap((lane) => [
    ...lane.spans.map((span) => spanRow(lane, span)),
    ...lane.markers.map((marker, index) => markerRow(lane, marker, index)),
    ...lane.ahead.map((ahead) => aheadRow(lane, ahead)),
  ]);
  return [...rows, ...(getShownProjection(timeline)?.retries ?? []).map(retryRow)];
}

function retryRow({ attempt, at, delaySeconds }: ProjectedRetry): TimelineRow {
  return {
    id: `${attempt}.projected`,
    attempt,
    what: "retry",
    subject: null,
    from: at - delaySeconds * 1000,
    to: at,
    note: "projected: if it fails now, and every retry immediately",
  };
}

function spanRow(lane: Lane, span: Span): TimelineRow {
  return {
    id: span.id,
    attempt: lane.attempt,
    what: labelSpanKind(span),
    subject: getSubject(span),
    from: span.from,
    to: span.to,
    note: certaintyNote(span),
  };
}

function getSubject(span: Span): string | null {
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
  return end === "open" ? "ongoing" : null;
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
    what: ahead.kind === "lease" ? "lease" : `${ahead.kind.replace("-", " ")}, planned end`,
    subject: null,
    from: ahead.from,
    to: ahead.until === Number.POSITIVE_INFINITY ? null : ahead.until,
    note: "planned",
  };
}
