import { z } from "zod";
import type { Direction } from "@/lib/model/page";
import { ReadError } from "./errors";

/** Where a run stands in its list: its time of creation with microseconds (empty where there is none), then its id. */
export type WorkflowKey = { moment: string; id: string };

const schema = z.tuple([
  z.enum(["older", "newer"]),
  z.string().regex(/^(|-?infinity|\d{4,6}-[\d :.+-]+( BC)?)$/),
  z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
]);

/** The page that goes on after (`older`) or before (`newer`) this run, which itself is not part of it. */
export function encodeWorkflowCursor(direction: Direction, { moment, id }: WorkflowKey): string {
  return Buffer.from(JSON.stringify([direction, moment, id])).toString("base64url");
}

/** @throws ReadError `bad_request` */
export function decodeWorkflowCursor(cursor: string): { direction: Direction; key: WorkflowKey } {
  const parts = schema.safeParse(parse(Buffer.from(cursor, "base64url").toString()));
  if (!parts.success)
    throw new ReadError("bad_request", "The parameter cursor is not one that a page returned.");
  const [direction, moment, id] = parts.data;
  return { direction, key: { moment, id } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
