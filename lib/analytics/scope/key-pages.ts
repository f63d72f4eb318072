import { asc, desc, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { EVERYTHING, type KeyRange, predecessor, successor } from "@/lib/model/key-range";
import {
  type Direction,
  formatCursor,
  opposite,
  type Page,
  PLACE,
  type PlaceCheck,
  parseCursor,
} from "@/lib/model/page";
import { ProblemError } from "@/lib/model/problem";

/** How to select one page of a table whose key is a UUIDv7. */
export type KeyPage = { direction: Direction; range: KeyRange; limit: number };

/** @throws ProblemError `bad_request` for a foreign cursor. */
export function keyPage(cursor: string | null, limit: number): KeyPage {
  return { ...parseKeyCursor(cursor), limit };
}

/** The sort order that starts at the page's cursor. */
export function keyOrder(key: PgColumn, page: KeyPage): SQL {
  return page.direction === "older" ? desc(key) : asc(key);
}

/** The rows whose key lies in the page's range. */
export function inKeyRange(key: PgColumn, { range }: { range: KeyRange }): SQL {
  return sql`${key} >= ${range.from}::uuid and ${key} < ${range.to}::uuid`;
}

/** A page, newest first, from `limit + 1` rows in the order of `keyOrder`, with the cursors around it. */
export function toKeyPage<Row>(
  found: Row[],
  getKey: (row: Row) => string,
  page: KeyPage,
  cursor: string | null,
): Pick<Page<Row>, "rows" | "older" | "newer"> {
  const rows = found.slice(0, page.limit);
  const isOlder = page.direction === "older";
  const [first, last] = [rows[0], rows.at(-1)];
  const ahead =
    found.length > page.limit && last ? formatCursor(page.direction, getKey(last)) : null;
  const edge = first ? getKey(first) : predecessor(page.range.to);
  const behind = cursor === null ? null : formatCursor(opposite(page.direction), edge);
  return {
    rows: isOlder ? rows : rows.reverse(),
    older: isOlder ? ahead : behind,
    newer: isOlder ? behind : ahead,
  };
}

/**
 * The direction and the remaining ids of a cursor of a list sorted by id; without a cursor, all ids in the
 * direction `start`.
 *
 * @throws ProblemError `bad_request` for a foreign cursor.
 */
export function parseKeyCursor(
  cursor: string | null,
  start: Direction = "older",
): { direction: Direction; range: KeyRange } {
  if (cursor === null) return { direction: start, range: EVERYTHING };
  const {
    direction,
    place: [id],
  } = requireCursor(cursor, [PLACE.id]);
  return direction === "older"
    ? { direction, range: { ...EVERYTHING, to: id } }
    : { direction, range: { ...EVERYTHING, from: successor(id) } };
}

/**
 * `parseCursor`, for a cursor that must be valid.
 *
 * @throws ProblemError `bad_request` for a foreign cursor.
 */
export function requireCursor<const Checks extends readonly PlaceCheck[]>(
  cursor: string,
  checks: Checks,
) {
  const parsed = parseCursor(cursor, checks);
  if (parsed) return parsed;
  throw new ProblemError({
    code: "bad_request",
    message: "The parameter cursor is not one that a page returned.",
    hint: "Open the list without it.",
  });
}
