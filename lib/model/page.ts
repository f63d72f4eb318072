import { isUuid } from "./ids.ts";
import type { Iso } from "./instants.ts";
import type { UnreadableQueue } from "./queue.ts";

/** Which way a page continues from its cursor. */
export type Direction = "older" | "newer";

/**
 * One page of a list. `older` and `newer` are the cursors of the pages below and above it, in the order of the list;
 * `null` where there is none.
 */
export type Page<T> = {
  rows: T[];
  older: string | null;
  newer: string | null;
  now: Iso;
  /**
   * Set when a search without an index ran out of time: it covers the range from the cursor to this instant, and
   * `older` (or `newer`, on a page read upwards) continues there.
   */
  searchedTo?: Iso;
  /** Set when a ranking leaves out the older part of its window: only tasks since this instant are ranked. */
  rankedFrom?: Iso;
  /** Queues that are registered but unreadable, and so missing from an all-queues page. */
  unreadable?: UnreadableQueue[];
};

/** The other direction. */
export function opposite(direction: Direction): Direction {
  return direction === "older" ? "newer" : "older";
}

/**
 * The cursor of the page that continues in this direction from a place; the page excludes the place itself. A
 * place is the list's sort key followed by its tie-breaker, as text: the id alone for most lists.
 */
export function formatCursor(direction: Direction, ...place: readonly string[]): string {
  const parts = place.map((part) => encodeURIComponent(part).replaceAll(".", "%2E"));
  return [direction === "older" ? "o" : "n", ...parts].join(".");
}

/**
 * The direction and the place of a cursor; `null` unless its place passes these checks, one for each part. The
 * checks matter: cursors come from URLs, and their parts become SQL parameters with a cast.
 */
export function parseCursor<const Checks extends readonly PlaceCheck[]>(
  cursor: string,
  checks: Checks,
): { direction: Direction; place: { [Index in keyof Checks]: string } } | null {
  const [direction, ...place] = splitCursor(cursor);
  if (direction !== "older" && direction !== "newer") return null;
  const isValid =
    place.length === checks.length && checks.every((check, at) => check(place[at] ?? ""));
  // One checked part per check.
  return isValid ? { direction, place: place as { [Index in keyof Checks]: string } } : null;
}

/** Whether a text can be one part of a place. */
export type PlaceCheck = (part: string) => boolean;

/** The checks for each kind of part. */
export const PLACE = {
  /** An id, in lower case: places are compared as text. */
  id: (part) => isUuid(part) && part === part.toLowerCase(),
  /** PostgreSQL's text of a `timestamptz` in UTC, with microseconds. */
  time: (part) => /^(-?infinity|\d{4,6}-\d\d-\d\d [\d:.+-]+( BC)?)$/.test(part),
  instant: (part) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(part) && !Number.isNaN(Date.parse(part)),
  // As PostgreSQL's bigint, whose largest numbers have 19 digits.
  integer: (part) => /^-?\d{1,19}$/.test(part) && BigInt.asIntN(64, BigInt(part)) === BigInt(part),
  text: () => true,
} as const satisfies Record<string, PlaceCheck>;

function splitCursor(cursor: string): string[] {
  try {
    const [letter, ...parts] = cursor.split(".");
    if (parts.length === 0) return splitOldCursor(cursor);
    const direction = { o: "older", n: "newer" }[letter ?? ""] ?? "";
    return [direction, ...parts.map((part) => decodeURIComponent(part))];
  } catch {
    return [];
  }
}

/** Saved links still have cursors of the first version: direction and place as JSON in base64url. */
function splitOldCursor(cursor: string): string[] {
  const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
  const isText = (part: unknown): part is string => typeof part === "string";
  return Array.isArray(parts) && parts.every(isText) ? parts : [];
}
