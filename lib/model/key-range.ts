import type { Uuid } from "./ids.ts";
import type { Iso } from "./instants.ts";
import type { Direction } from "./page.ts";

/** A half-open range of ids: `from <= id < to`. */
export type KeyRange = { from: Uuid; to: Uuid };

export const EVERYTHING: KeyRange = {
  from: "00000000-0000-0000-0000-000000000000",
  to: "ffffffff-ffff-ffff-ffff-ffffffffffff",
};

/**
 * The least UUIDv7 of a millisecond, so that ranges of time become ranges of the primary key. Computed here because
 * schemas before 0.4.0 have no function for it. Clamped to the 48 bits that an id has for its time.
 */
export function uuidFloor(milliseconds: number): Uuid {
  const clamped = Math.min(Math.max(Math.floor(milliseconds), 0), 2 ** 48 - 1);
  return fromHex(`${clamped.toString(16).padStart(12, "0")}${"0".repeat(20)}`);
}

/** The time in an id, in milliseconds since the epoch. */
export function uuidMilliseconds(id: Uuid): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The time in an id as an instant; ids beyond the calendar give its last one. */
export function uuidInstant(id: Uuid): Iso {
  return new Date(Math.min(uuidMilliseconds(id), 253_402_300_799_999)).toISOString();
}

/** The next id up, or the same one at the very end. */
export function successor(id: Uuid): Uuid {
  return shift(id, 1n);
}

/** The next id down, or the same one at the very beginning. */
export function predecessor(id: Uuid): Uuid {
  return shift(id, -1n);
}

/** All ids that begin with these characters; dashes are where a UUID has them. */
export function prefixRange(prefix: string): KeyRange {
  const hex = prefix.replaceAll("-", "");
  return { from: fromHex(hex.padEnd(32, "0")), to: successor(fromHex(hex.padEnd(32, "f"))) };
}

/** The ids that lie in all of these ranges. */
export function intersect(...ranges: KeyRange[]): KeyRange {
  return {
    from:
      ranges
        .map((range) => range.from)
        .sort()
        .at(-1) ?? EVERYTHING.from,
    to: ranges.map((range) => range.to).sort()[0] ?? EVERYTHING.to,
  };
}

/** What is left of a range behind an id of it, read in this direction. */
export function beyond(range: KeyRange, direction: Direction, id: Uuid): KeyRange {
  return direction === "older" ? { ...range, to: id } : { ...range, from: successor(id) };
}

function shift(id: Uuid, by: bigint): Uuid {
  const value = BigInt(`0x${id.replaceAll("-", "")}`) + by;
  const last = (1n << 128n) - 1n;
  const clamped = value < 0n ? 0n : value > last ? last : value;
  return fromHex(clamped.toString(16).padStart(32, "0"));
}

function fromHex(hex: string): Uuid {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
