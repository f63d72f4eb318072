import { expect, test } from "vitest";
import { isSlow } from "./baseline";

test.each([
  [3_200, 1_000, true],
  [1_600, 1_000, false],
  [100, 1_000, false],
  [60_000_000, 1_000, true],
  [2, 0, false],
  [40, 2, false],
])("%i ms with a baseline of %i ms is slow: %s", (ms, baseline, slow) => {
  expect(isSlow(ms, baseline)).toBe(slow);
});
