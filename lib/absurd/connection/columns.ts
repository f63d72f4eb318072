/**
 * Selects and decodes columns independently of the connection's type parsers and session settings: JSON and instants
 * are selected as text and decoded here.
 */
import type { Instant } from "../../model/instants.ts";
import type { Json } from "../../model/json.ts";
import { parseJson } from "./json.ts";

/** Select list of `timestamptz` columns as seconds since the epoch, for `decodeInstant` and `decodeDate`. */
export function selectInstants(...columns: string[]): string {
  return columns.map((name) => `extract(epoch from ${name})::text as ${name}`).join(", ");
}

/** Select list of `jsonb` columns as text, for `decodeJson`. */
export function selectJson(...columns: string[]): string {
  return columns.map((name) => `${name}::text as ${name}`).join(", ");
}

/** The limit of `Date`, in milliseconds before and after the epoch; PostgreSQL's range is larger. */
const LAST_MILLISECOND = 8.64e15;

/** Decodes an instant from `selectInstants`, truncated to milliseconds and clamped to the range of `Date`. */
export function decodeInstant(seconds: string): Instant {
  if (seconds === "Infinity") return "infinity";
  const milliseconds = Math.floor(Math.round(Number(seconds) * 1e6) / 1e3);
  return new Date(Math.min(Math.max(milliseconds, -LAST_MILLISECOND), LAST_MILLISECOND));
}

/** Like `decodeInstant` for columns that are never infinite; `infinity` is clamped to the last `Date`. */
export function decodeDate(seconds: string): Date;
export function decodeDate(seconds: string | null): Date | null;
export function decodeDate(seconds: string | null): Date | null {
  if (seconds === null) return null;
  const instant = decodeInstant(seconds);
  return instant === "infinity" ? new Date(LAST_MILLISECOND) : instant;
}

/** Decodes a value from `selectJson`: `undefined` is SQL NULL, `null` is JSON null. */
export function decodeJson(text: string | null): Json | undefined {
  return text === null ? undefined : parseJson(text);
}
