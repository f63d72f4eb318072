import fc from "fast-check";
import { expect, test } from "vitest";
import { findExcess, isTooLarge } from "./json-values";

function count(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + count(inner), 1);
}

test("a text within the bound never has more values than it", () => {
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 1, max: 20 }), (text, most) => {
      const values = count(JSON.parse(text));
      if (values > most) expect(isTooLarge(text, most)).toBe(true);
      // An empty list or object counts as two.
      if (2 * values <= most) expect(isTooLarge(text, most)).toBe(false);
    }),
  );
});

test.each([
  ["signs within a text", JSON.stringify(["[{,".repeat(9_000)]), 2],
  ["escaped quotes", JSON.stringify(['",'.repeat(9_000), "\\", '\\",["']), 5],
  ["a text that does not end", `["${",[".repeat(9_000)}`.replaceAll(',"', ","), 2],
])("%s hold no values", (_, text, values) => {
  expect(isTooLarge(text, values)).toBe(false);
});

test("a text is nested at most 1,000 levels deep", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  expect(isTooLarge(nested(1_000), 2_000)).toBe(false);
  expect(isTooLarge(nested(1_001), 2_000)).toBe(true);
  expect(isTooLarge(`[${"[[]],".repeat(2_000)}1]`, 9_000)).toBe(false);
});

test("a bound is noticed before the rest of the text", () => {
  expect(isTooLarge("[".repeat(3_000_000), 10)).toBe(true);
});

test("items of all lists are counted together, members of each object alone", () => {
  const lists = JSON.stringify({ a: [1, [2, 3]], b: [4], none: [] });
  expect(findExcess(lists, { values: 99, items: 5 })).toBeNull();
  expect(findExcess(lists, { values: 99, items: 4 })).toBe("items");
  const objects = JSON.stringify([{ a: 1, b: { c: 1, d: ["{,"], e: 1 } }, { f: 1, g: 1 }, {}]);
  expect(findExcess(objects, { values: 99, members: 3 })).toBeNull();
  expect(findExcess(objects, { values: 99, members: 2 })).toBe("members");
  expect(findExcess(objects, { values: 9, members: 3 })).toBe("values");
});
