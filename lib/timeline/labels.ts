import type { Span } from "./model.ts";

/** A checkpoint's name without the SDK's prefix: the step, or the event or task that it waits for. */
export function labelStep(name: string): string {
  return name.replace(/^\$awaitEvent:/, "").replace(/^\$awaitTaskResult:/, "result of ");
}

/** The title of a span's row: its step or event, otherwise its kind. */
export function labelSpan(span: Span): string {
  if (span.kind === "event-wait") return span.event ?? labelStep(span.step);
  if ("step" in span) return labelStep(span.step);
  if (span.kind === "timed-out-wait") return span.event;
  return { failure: "failed", lost: "no checkpoint" }[span.kind as string] ?? labelSpanKind(span);
}

/** Whether `labelSpan` is a name given by a user, shown in monospace. */
export function hasUserName(span: Span): boolean {
  return "step" in span || span.kind === "timed-out-wait";
}

/** What a span is, in one to three words. */
export function labelSpanKind(span: Span): string {
  switch (span.kind) {
    case "queued":
      return span.reason === "woken" ? "woken, queued" : "queued";
    case "replayed":
      return labelReplayed(span);
    case "event-wait":
      return "event wait";
    case "timed-out-wait":
      return "event wait, timed out";
    case "deferred":
      return span.unknownTask === "likely" ? "deferred, unknown task" : "deferred";
    case "lost":
      return "lost lease";
    case "expired":
      return "expired lease";
    case "unread":
      return "steps not read";
    case "unknown":
      return "not recorded";
    default:
      return span.kind;
  }
}

function labelReplayed(span: Span & { kind: "replayed" }): string {
  const steps = span.atLeast
    ? `${span.count} or more steps`
    : span.count === 1
      ? "1 step"
      : `${span.count} steps`;
  if (span.copied === span.count && !span.atLeast) return `${steps} copied`;
  const attempts = span.attempts.length === 1 ? "attempt" : "attempts";
  return `${steps} replayed from ${attempts} ${span.attempts.join(", ")}`;
}
