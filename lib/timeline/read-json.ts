import type { Payload } from "@/lib/model/json";
import type { TaskError } from "./model.ts";

/** The value of a payload; `undefined` for SQL NULL, for text left out because of its size, and for unreadable text. */
export function readJson(payload: Payload): unknown {
  if (payload?.text === undefined) return undefined;
  try {
    return JSON.parse(payload.text);
  } catch {
    return undefined;
  }
}

/** The value if it is a JSON object. */
export function readObject(payload: Payload): Record<string, unknown> | null {
  const value = readJson(payload);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/**
 * Name and message of a failure. Clients write `{name, message}` or `{message}`; any other value is shown as it is.
 * `null` when there is no reason at all.
 */
export function readError(reason: Payload): TaskError | null {
  if (reason === null) return null;
  const object = readObject(reason);
  const name = typeof object?.name === "string" ? object.name : null;
  if (typeof object?.message === "string") return { name, message: object.message };
  return { name, message: reason.text ?? "an error too large to show here" };
}

/** The event a wait timed out for, from the error that SDKs raise in the handler then. */
export function readTimedOutWait(error: TaskError | null): string | null {
  if (error?.name !== "TimeoutError") return null;
  return /^Timed out waiting for event "(.*)"$/s.exec(error.message)?.[1] ?? null;
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** The instant a JSON string holds in ISO-8601, in milliseconds: what the checkpoint of a durable sleep contains. */
export function readInstant(payload: Payload): number | null {
  if (!payload?.text?.startsWith('"') || payload.text.length > 48) return null;
  const value = readJson(payload);
  if (typeof value !== "string" || !ISO_TIME.test(value)) return null;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? null : instant;
}
