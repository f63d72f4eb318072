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
 * The lowest UUIDv7 of a millisecond: it turns time ranges into ranges of the primary key. Computed here because
 * schemas before 0.4.0 have no function for it. Clamped to the 48 bits of an id's timestamp.
 */
export function uuidFloor(milliseconds: number): Uuid {
  const clamped = Math.min(Math.max(Math.floor(milliseconds), 0), 2 ** 48 - 1);
  return fromHex(`${clamped.toString(16).padStart(12, "0")}${"0".repeat(20)}`);
}

/** The timestamp of an id, in milliseconds since the epoch. */
export function uuidMilliseconds(id: Uuid): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The timestamp of an id as an instant, clamped to the year 9999. */
export function uuidInstant(id: Uuid): Iso {
  return new Date(Math.min(uuidMilliseconds(id), 253_402_300_799_999)).toISOString();
}

/** The next higher id; the highest id itself at the end. */
export function successor(id: Uuid): Uuid {
  return shift(id, 1n);
}

/** The next lower id; the lowest id itself at the beginning. */
export function predecessor(id: Uuid): Uuid {
  return shift(id, -1n);
}

/** All ids that start with these characters. Dashes in the prefix are ignored. */
export function prefixRange(prefix: string): KeyRange {
  const hex = prefix.replaceAll("-", "");
  return { from: fromHex(hex.padEnd(32, "0")), to: successor(fromHex(hex.padEnd(32, "f"))) };
}

/** The intersection of these ranges. */
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

/** The rest of a range after one of its ids, in this direction. */
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
