import { z } from "zod";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { Direction } from "@/lib/model/page";
import { ReadError } from "./errors";

/** A task in its place: `value` is what the order goes by, `id` what tells equals apart. */
export type Ranked = { taskId: Uuid; value: string; id: Uuid };

/**
 * Where a page of an order ends that does not go by id. `value` is what the order goes by and `id` tells apart what is
 * equal; `at` and `from` are when the first page was read and where its ranking began: both hold for all pages.
 */
export type RankCursor = { direction: Direction; value: string; id: Uuid; at: Iso; from: Uuid };

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const VALUES = {
  time: /^(-?infinity|\d{4,6}-\d\d-\d\d [\d:.+-]+( BC)?)$/,
  number: /^-?\d{1,18}$/,
};
const schemaOf = (values: RegExp) =>
  z.tuple([z.enum(["older", "newer"]), z.string().regex(values), uuid, z.iso.datetime(), uuid]);

/** The page that goes on after (`older`) or before (`newer`) this place, which itself is not part of it. */
export function encodeRankCursor({ direction, value, id, at, from }: RankCursor): string {
  return Buffer.from(JSON.stringify([direction, value, id, at, from])).toString("base64url");
}

/** @throws ReadError `bad_request`, also for a cursor of an order whose values are of the other kind. */
export function decodeRankCursor(cursor: string, values: keyof typeof VALUES): RankCursor {
  const parts = schemaOf(VALUES[values]).safeParse(
    parse(Buffer.from(cursor, "base64url").toString()),
  );
  if (!parts.success)
    throw new ReadError("bad_request", "The parameter cursor is not one that a page returned.");
  const [direction, value, id, at, from] = parts.data;
  return { direction, value, id, at, from };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
