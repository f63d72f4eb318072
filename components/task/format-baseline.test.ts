import { expect, test } from "vitest";
import { compareWithUsual } from "./format-baseline";

test.each([
  [3_200, 1_000, "3.2 times its usual", true],
  [1_600, 1_000, "1.6 times its usual", false],
  [1_400, 1_000, "usually 1 s", false],
  [100, 1_000, "usually 1 s", false],
  [60_000_000, 1_000, "60,000 times its usual", true],
  [2, 0, "usually 0 ms", false],
  [40, 2, "8.0 times its usual", false],
])("%i ms where %i is usual", (ms, usual, text, slow) => {
  expect(compareWithUsual(ms, usual)).toEqual({ text, slow });
});
