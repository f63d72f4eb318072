import { formatDuration, parseDuration } from "./duration.ts";
import { parseDecimal } from "./fields.ts";
import { normaliseInstant } from "./instant.ts";

/** A parsed `wait_for`. `text` is its normal form in documents. */
export type WaitFor =
  | { kind: "duration"; text: string; seconds: number }
  | { kind: "datetime"; text: string }
  | { kind: "text"; text: string };

/** Whether text is a duration or an instant only after its templates are filled. */
export function hasTemplate(text: string): boolean {
  return /\{\{|\$\{/.test(text);
}

/**
 * Parses a `wait_for` value: seconds, a duration (`PT5M`, `P1D`, the older `duration:60`), an instant (also
 * `datetime:2026-01-01`), or any other text, which is kept. `undefined` for text without templates that starts
 * like a duration or an instant but is not one (`PT5`, `duration:x`), and for other types.
 */
export function parseWaitFor(value: unknown): WaitFor | undefined {
  if (typeof value === "number" || typeof value === "bigint") return toDuration(value);
  if (typeof value !== "string") return undefined;
  if (hasTemplate(value)) return { kind: "text", text: value };
  const [, prefix, rest] = /^(duration|datetime):(.*)$/s.exec(value) ?? [];
  if (prefix === "duration" && rest !== undefined) return toDuration(parseDecimal(rest));
  if (prefix === "datetime" && rest !== undefined) return toInstant(rest);
  if (/^[+-]?P(T|[\d.]|$)/.test(value)) return toDuration(value);
  return toInstant(value) ?? { kind: "text", text: value };
}

function toDuration(value: unknown): WaitFor | undefined {
  const seconds = parseDuration(value);
  if (seconds === undefined) return undefined;
  return { kind: "duration", text: formatDuration(seconds), seconds };
}

function toInstant(text: string): WaitFor | undefined {
  const normal = normaliseInstant(text);
  return normal === undefined ? undefined : { kind: "datetime", text: normal };
}
