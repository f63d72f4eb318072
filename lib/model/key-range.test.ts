import fc from "fast-check";
import { expect, test } from "vitest";
import {
  EVERYTHING,
  intersect,
  predecessor,
  prefixRange,
  successor,
  uuidFloor,
  uuidInstant,
  uuidMilliseconds,
} from "./key-range";

const milliseconds = fc.integer({ min: 0, max: 2 ** 48 - 1 });

test("the floor of a millisecond is its lowest id", () => {
  fc.assert(
    fc.property(milliseconds, fc.uuid({ version: 7 }), (time, other) => {
      const floor = uuidFloor(time);
      expect(uuidMilliseconds(floor)).toBe(time);
      const inIt = floor.slice(0, 13) + other.slice(13);
      expect(inIt >= floor).toBe(true);
      if (time > 0) expect(predecessor(floor) < uuidFloor(time)).toBe(true);
      expect(uuidMilliseconds(predecessor(floor))).toBe(Math.max(time - 1, 0));
    }),
  );
  expect(uuidFloor(-1)).toBe(EVERYTHING.from);
  expect(uuidInstant(EVERYTHING.to)).toBe("9999-12-31T23:59:59.999Z");
});

test("the next and the previous id are inverse, and clamped at the ends", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      if (id !== EVERYTHING.to) expect(predecessor(successor(id))).toBe(id);
    }),
  );
  expect(successor(EVERYTHING.to)).toBe(EVERYTHING.to);
  expect(predecessor(EVERYTHING.from)).toBe(EVERYTHING.from);
});

test("a prefix is the range of the ids that start with it", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.integer({ min: 2, max: 36 }), (id, other, length) => {
      const prefix = id.slice(0, length);
      const { from, to } = prefixRange(prefix);
      expect(id >= from && id < to).toBe(true);
      expect(other >= from && other < to).toBe(other.startsWith(prefix));
    }),
  );
});

test("ranges that do not overlap have an empty intersection", () => {
  const { from, to } = intersect(prefixRange("aa"), prefixRange("bb"));
  expect(from >= to).toBe(true);
  expect(intersect()).toEqual(EVERYTHING);
});
