/**
 * Reading columns exactly, whatever type parsers and session settings the caller's connection has: JSON and instants
 * are selected as text and read here.
 */
import type { Instant } from "../../model/instants.ts";
import type { Json } from "../../model/json.ts";
import { parseJson } from "./json.ts";

/** Select-list entries that read `timestamptz` columns as seconds since the epoch, for `readInstant` and `readDate`. */
export function selectInstants(...columns: string[]): string {
  return columns.map((name) => `extract(epoch from ${name})::text as ${name}`).join(", ");
}

/** Select-list entries that read `jsonb` columns as text, for `readJson`. */
export function selectJson(...columns: string[]): string {
  return columns.map((name) => `${name}::text as ${name}`).join(", ");
}

/** The farthest instant a `Date` can hold; PostgreSQL goes a little farther. */
const LAST_MILLISECOND = 8.64e15;

/** An instant selected by `selectInstants`; microseconds are cut off. */
export function readInstant(seconds: string): Instant {
  if (seconds === "Infinity") return "infinity";
  const milliseconds = Math.floor(Math.round(Number(seconds) * 1e6) / 1e3);
  return new Date(Math.min(Math.max(milliseconds, -LAST_MILLISECOND), LAST_MILLISECOND));
}

/** Like `readInstant` for columns that are never infinite (should one be, it reads as the farthest date). */
export function readDate(seconds: string): Date;
export function readDate(seconds: string | null): Date | null;
export function readDate(seconds: string | null): Date | null {
  if (seconds === null) return null;
  const instant = readInstant(seconds);
  return instant === "infinity" ? new Date(LAST_MILLISECOND) : instant;
}

/** A value selected by `selectJson`: `undefined` is SQL NULL, `null` is the JSON value. */
export function readJson(text: string | null): Json | undefined {
  return text === null ? undefined : parseJson(text);
}
