import { labelStep } from "./label-step.ts";
import type { Ahead, Lane, Span } from "./model.ts";

/**
 * A lane in one line, for tests and for reading in a terminal: `queued 2 | step(charge-card) 4.8 | ~working 0.2…`.
 * Lengths are seconds to a tenth. `~` marks an inferred start or end, `…` an open end.
 */
export function describeLane(lane: Lane): string {
  const spans = lane.spans.map(describeSpan).join(" | ");
  const ahead = lane.ahead.map(describeAhead).join(", ");
  const markers = lane.markers.map(({ kind, label }) => (label ? `${kind} ${label}` : kind));
  const rest = [ahead && `>> ${ahead}`, markers.length > 0 && `{${markers.join(", ")}}`];
  return [`${spans}`, ...rest].filter(Boolean).join(" ");
}

function describeSpan(span: Span): string {
  const end = { exact: "", inferred: "~", open: "…" }[span.end];
  return `${span.start === "inferred" ? "~" : ""}${name(span)} ${seconds(span.to - span.from)}${end}`;
}

function name(span: Span): string {
  if ("step" in span) return `${span.kind}(${labelStep(span.step)})`;
  if (span.kind === "timed-out-wait") return `${span.kind}(${span.event})`;
  if (span.kind === "replayed")
    return `replayed(${span.count} from ${span.attempts.join("+") || "copies"})`;
  return span.kind;
}

function describeAhead({ kind, from, until }: Ahead): string {
  return `${kind} ${Number.isFinite(until) ? seconds(until - from) : "∞"}`;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
