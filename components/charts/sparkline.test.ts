import { expect, test } from "vitest";
import { condense } from "./sparkline";

test("condensing into fewer buckets keeps the sum", () => {
  expect(condense([1, 2, 3, 4, 5], 2)).toEqual([6, 9]);
  expect(condense([1, 2], 32)).toEqual([1, 2]);
  expect(condense([], 32)).toEqual([]);
  const values = Array.from({ length: 97 }, (_, index) => index);
  expect(condense(values, 32)).toHaveLength(32);
  expect(condense(values, 32).reduce((sum, value) => sum + value)).toBe(97 * 48);
});
