import { labelStep } from "./label-step.ts";
import type { Span } from "./model.ts";
import { nameSpan } from "./table-rows.ts";

/** The title of a span's row: its step or event, or its kind where it has neither. */
export function titleOf(span: Span): string {
  if (span.kind === "event-wait") return span.event ?? labelStep(span.step);
  if ("step" in span) return labelStep(span.step);
  if (span.kind === "timed-out-wait") return span.event;
  return { failure: "failed", lost: "no checkpoint" }[span.kind as string] ?? nameSpan(span);
}

/** Whether the title is a name that the user gave, to be set in monospace. */
export function isNamed(span: Span): boolean {
  return "step" in span || span.kind === "timed-out-wait";
}
