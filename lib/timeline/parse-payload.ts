import type { Payload } from "@/lib/model/json";
import { parseRecordedError, type RecordedError } from "@/lib/model/recorded-error";

/** The value of a payload; `undefined` for SQL NULL, for text left out because of its size, and for invalid JSON. */
export function parseJson(payload: Payload): unknown {
  if (payload?.text === undefined) return undefined;
  try {
    return JSON.parse(payload.text);
  } catch {
    return undefined;
  }
}

/** The value if it is a JSON object. */
export function parseObject(payload: Payload): Record<string, unknown> | null {
  const value = parseJson(payload);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/**
 * The parsed failure reason; for one that is too large, as much as its head shows. `null` if there is no reason.
 */
export function parseError(reason: Payload): RecordedError | null {
  const text = reason?.text ?? reason?.head;
  return text === undefined ? null : parseRecordedError(parseJson({ bytes: 0, text }), text);
}

/** The event whose wait timed out, from the error that SDKs raise in the handler; `null` for any other error. */
export function parseTimedOutWait(
  error: Pick<RecordedError, "name" | "message"> | null,
): string | null {
  if (error?.name !== "TimeoutError") return null;
  return /^Timed out waiting for event "(.*)"$/s.exec(error.message)?.[1] ?? null;
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** A JSON string in ISO 8601 as milliseconds, else `null`. The checkpoint of a durable sleep holds one. */
export function parseInstant(payload: Payload): number | null {
  if (!payload?.text?.startsWith('"') || payload.text.length > 48) return null;
  const value = parseJson(payload);
  if (typeof value !== "string" || !ISO_TIME.test(value)) return null;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? null : instant;
}
