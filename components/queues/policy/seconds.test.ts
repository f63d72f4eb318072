import { expect, test } from "vitest";
import { formatLength, toUnit } from "./seconds";

test.each([
  [0, "none"],
  [60, "1 minute"],
  [3_600, "1 hour"],
  [36 * 3_600, "36 hours"],
  [86_400, "1 day"],
  [30 * 86_400, "30 days"],
  [90, "1 min 30 s"],
])("%i seconds read %s", (seconds, words) => {
  expect(formatLength(seconds)).toBe(words);
});

test("a length keeps its unit when it is edited", () => {
  expect(toUnit(0)).toEqual({ amount: 0, unit: "days" });
  expect(toUnit(7 * 86_400)).toEqual({ amount: 7, unit: "days" });
  expect(toUnit(5_400)).toEqual({ amount: 90, unit: "minutes" });
});
