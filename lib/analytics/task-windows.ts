import { sql } from "drizzle-orm";
import { errorCode } from "@/lib/db/errors";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { intersect, type KeyRange, uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import type { Direction } from "@/lib/model/page";

/** How long one window may take before it is tried again with a smaller one, in milliseconds. */
const WINDOW_LIMIT = 1_000;

/** How far windows may go, and from where. */
export type Windows = {
  range: KeyRange;
  direction: Direction;
  /** Of the first window, in milliseconds of ids. */
  width: number;
  /** How long to go on with further windows, in milliseconds. */
  budget: number;
};

/**
 * Goes through a range of ids window by window, away from its beginning, until `read` says that it has enough, the range
 * is at its end or the time is used up. The windows grow while they are cheap and shrink when they are not, so that
 * no statement runs long, whatever the size of the tables; a number from `read` says how many times as wide the next one
 * need be at most. Answers the part of the range that was not read because of
 * the time, or `null`.
 *
 * @throws the driver's time-out when not even a small window could be read in time.
 */
export async function readWindows(
  db: Database,
  windows: Windows,
  { signal }: ReadOptions,
  read: (range: KeyRange) => Promise<"enough" | "more" | number>,
): Promise<KeyRange | null> {
  const { direction } = windows;
  const deadline = performance.now() + windows.budget;
  let { range: rest, width } = windows;
  let expected = 0;
  while (rest.from < rest.to) {
    signal?.throwIfAborted();
    const isFirst = rest === windows.range;
    // At least one window, or a caller that goes on from where this ended would never get anywhere.
    if (!isFirst && performance.now() + expected > deadline) return rest;
    const range = nextWindow(rest, direction, width);
    const started = performance.now();
    await db.execute(
      sql.raw(`savepoint before_window; set local statement_timeout = ${WINDOW_LIMIT}`),
    );
    let outcome: "enough" | "more" | number;
    try {
      outcome = await read(range);
    } catch (error) {
      const hopeless = isFirst && performance.now() > deadline;
      if (errorCode(error) !== "57014" || signal?.aborted || hopeless) throw error;
      await db.execute(sql`rollback to savepoint before_window`);
      width = Math.max(1, width / 16);
      continue;
    }
    rest =
      direction === "older" ? { from: rest.from, to: range.from } : { from: range.to, to: rest.to };
    if (outcome === "enough") return null;
    const took = performance.now() - started;
    const wanted = typeof outcome === "number" ? Math.max(1, outcome) : Number.POSITIVE_INFINITY;
    const factor = Math.min(growth(took), wanted);
    width *= factor;
    expected = took * factor;
  }
  return null;
}

/** The part of a range next to its beginning that is `width` milliseconds wide, and never empty. */
function nextWindow(rest: KeyRange, direction: Direction, width: number): KeyRange {
  if (direction === "older")
    return intersect(rest, { from: uuidFloor(uuidMilliseconds(rest.to) - width), to: rest.to });
  const to = uuidFloor(uuidMilliseconds(rest.from) + 1 + width);
  // The last millisecond an id can hold has no successor.
  return to > rest.from ? intersect(rest, { from: rest.from, to }) : rest;
}

/** Aims at windows of about a fifth of a second. */
function growth(milliseconds: number): number {
  if (milliseconds < 25) return 8;
  if (milliseconds < 100) return 2;
  return milliseconds < 400 ? 1 : 0.25;
}
