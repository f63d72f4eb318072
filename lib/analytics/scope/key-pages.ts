import { asc, desc, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Uuid } from "@/lib/model/ids";
import { EVERYTHING, type KeyRange, predecessor, successor } from "@/lib/model/key-range";
import type { Direction, Page } from "@/lib/model/page";
import { ProblemError } from "@/lib/model/problem";

/** How one page of a table is read whose key is a UUIDv7, newest first. */
export type KeyPage = { direction: "older" | "newer"; range: KeyRange; limit: number };

/** @throws ProblemError `bad_request` for a foreign cursor. */
export function keyPage(cursor: string | null, limit: number): KeyPage {
  return { ...decodeCursor(cursor), limit };
}

/** The order in which a page meets its rows: away from its cursor. */
export function keyOrder(key: PgColumn, page: KeyPage): SQL {
  return page.direction === "older" ? desc(key) : asc(key);
}

/** The rows whose key lies in the page's range. */
export function inKeyRange(key: PgColumn, { range }: { range: KeyRange }): SQL {
  return sql`${key} >= ${range.from}::uuid and ${key} < ${range.to}::uuid`;
}

/** A page from `limit + 1` rows in the order of `keyOrder`, with the cursors around it. */
export function toKeyPage<Row>(
  found: Row[],
  keyOf: (row: Row) => string,
  page: KeyPage,
  cursor: string | null,
): Pick<Page<Row>, "rows" | "older" | "newer"> {
  const rows = found.slice(0, page.limit);
  const isOlder = page.direction === "older";
  const [first, last] = [rows[0], rows.at(-1)];
  const ahead =
    found.length > page.limit && last ? encodeCursor(page.direction, keyOf(last)) : null;
  const edge = first ? keyOf(first) : predecessor(page.range.to);
  const behind = cursor === null ? null : encodeCursor(isOlder ? "newer" : "older", edge);
  return {
    rows: isOlder ? rows : rows.reverse(),
    older: isOlder ? ahead : behind,
    newer: isOlder ? behind : ahead,
  };
}

/** The page that goes on below (`older`) or above (`newer`) this id, which itself is not part of it. */
export function encodeCursor(direction: Direction, id: Uuid): string {
  return `${direction === "older" ? "o" : "n"}.${id}`;
}

/**
 * The direction and the ids left by a cursor; without one, everything, from the end where `begin` sets out.
 *
 * @throws ProblemError `bad_request`
 */
export function decodeCursor(
  cursor: string | null,
  begin: Direction = "older",
): { direction: Direction; range: KeyRange } {
  if (cursor === null) return { direction: begin, range: EVERYTHING };
  const [, letter, id] =
    /^([on])\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor) ?? [];
  if (!letter || !id)
    throw new ProblemError({
      code: "bad_request",
      message: "The parameter cursor is not one that a page returned.",
    });
  return letter === "o"
    ? { direction: "older", range: { ...EVERYTHING, to: id } }
    : { direction: "newer", range: { ...EVERYTHING, from: successor(id) } };
}
