import { z } from "zod";
import { EVENT_STATES, type EventState } from "@/lib/model/event";
import type { Direction } from "@/lib/model/page";
import { ReadError } from "./errors";

/**
 * Where an event stands in its part of the list. `at` has microseconds and decides first: the earliest time-out of an
 * awaited event (`infinity` without one), or when an event was emitted.
 */
export type EventKey = { state: EventState; at: string; name: string; queue: string };

const schema = z.tuple([
  z.enum(["older", "newer"]),
  z.enum(EVENT_STATES),
  z.string().regex(/^(-?infinity|\d{4,6}-\d\d-\d\d [\d:.+-]+( BC)?)$/),
  z.string(),
  z.string(),
]);

/** The page that goes on after (`older`) or before (`newer`) this event, which itself is not part of it. */
export function encodeEventCursor(
  direction: Direction,
  { state, at, name, queue }: EventKey,
): string {
  return Buffer.from(JSON.stringify([direction, state, at, name, queue])).toString("base64url");
}

/** @throws ReadError `bad_request` */
export function decodeEventCursor(cursor: string): { direction: Direction; key: EventKey } {
  const parts = schema.safeParse(parse(Buffer.from(cursor, "base64url").toString()));
  if (!parts.success)
    throw new ReadError("bad_request", "The parameter cursor is not one that a page returned.");
  const [direction, state, at, name, queue] = parts.data;
  return { direction, key: { state, at, name, queue } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
