import type { Uuid } from "@/lib/model/ids";
import { EVERYTHING, type KeyRange, successor } from "@/lib/model/key-range";
import type { Direction } from "@/lib/model/page";
import { ReadError } from "./errors";

/** The page that goes on below (`older`) or above (`newer`) this id, which itself is not part of it. */
export function encodeCursor(direction: Direction, id: Uuid): string {
  return `${direction === "older" ? "o" : "n"}.${id}`;
}

/**
 * The direction and the ids left by a cursor; without one, everything, from the end where `begin` sets out.
 *
 * @throws ReadError `bad_request`
 */
export function decodeCursor(
  cursor: string | null,
  begin: Direction = "older",
): { direction: Direction; range: KeyRange } {
  if (cursor === null) return { direction: begin, range: EVERYTHING };
  const [, letter, id] =
    /^([on])\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor) ?? [];
  if (!letter || !id)
    throw new ReadError("bad_request", "The parameter cursor is not one that a page returned.");
  return letter === "o"
    ? { direction: "older", range: { ...EVERYTHING, to: id } }
    : { direction: "newer", range: { ...EVERYTHING, from: successor(id) } };
}
