import { z } from "zod";
import { ReadError } from "./errors";
import type { Direction } from "./keys";

/** Where an event stands in its list: awaited ones by name, emitted ones by time (with microseconds) and name. */
export type EventKey =
  | { state: "awaited"; name: string }
  | { state: "emitted"; name: string; emittedAt: string };

const schema = z.union([
  z.tuple([z.enum(["older", "newer"]), z.string()]),
  z.tuple([
    z.enum(["older", "newer"]),
    z.string(),
    z.string().regex(/^(-?infinity|\d{4,6}-[\d :.+-]+( BC)?)$/),
  ]),
]);

/** The page that goes on after (`older`) or before (`newer`) this event, which itself is not part of it. */
export function encodeEventCursor(direction: Direction, key: EventKey): string {
  const parts = [direction, key.name, ...(key.state === "emitted" ? [key.emittedAt] : [])];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** @throws ReadError `bad_request` */
export function decodeEventCursor(cursor: string): { direction: Direction; key: EventKey } {
  const parts = schema.safeParse(parse(Buffer.from(cursor, "base64url").toString()));
  if (!parts.success)
    throw new ReadError("bad_request", "The parameter cursor is not one that a page returned.");
  const [direction, name, emittedAt] = parts.data;
  if (emittedAt === undefined) return { direction, key: { state: "awaited", name } };
  return { direction, key: { state: "emitted", name, emittedAt } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
