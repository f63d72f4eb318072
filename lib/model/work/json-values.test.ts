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

test("the values of each member of a member are counted", () => {
  const text = (values: number) =>
    JSON.stringify({ tasks: { a: { b: Array(values).fill([1]) }, c: {}, d: { e: [1, 2] } } });
  expect(findExcess(text(4), { values: 100, each: 14 })).toBe(null);
  expect(findExcess(text(9), { values: 100, each: 14 })).toBe("each");
});

test("items of all lists are counted together", () => {
  const lists = JSON.stringify({ a: [1, [2, 3]], b: [4], none: [] });
  expect(findExcess(lists, { values: 99, items: 5 })).toBeNull();
  expect(findExcess(lists, { values: 99, items: 4 })).toBe("items");
});

test("members beyond the hundredth of each object are counted together", () => {
  const object = (length: number) => ({ ...Array.from({ length }, () => 1) });
  const small = JSON.stringify(Array.from({ length: 9 }, () => object(100)));
  expect(findExcess(small, { values: 9_999, members: 0 })).toBeNull();
  const large = JSON.stringify([object(130), { a: object(121), b: ["{,"] }]);
  expect(findExcess(large, { values: 999, members: 51 })).toBeNull();
  expect(findExcess(large, { values: 999, members: 50 })).toBe("members");
  expect(findExcess(large, { values: 99, members: 50 })).toBe("values");
});
