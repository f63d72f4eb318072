import { expect, test } from "vitest";
import { formatPeriod, toPeriod } from "./period";

test.each([
  [0, "none"],
  [60, "1 minute"],
  [3_600, "1 hour"],
  [36 * 3_600, "36 hours"],
  [86_400, "1 day"],
  [30 * 86_400, "30 days"],
  [90, "1 min 30 s"],
])("%i seconds are formatted as %s", (seconds, words) => {
  expect(formatPeriod(seconds)).toBe(words);
});

test("a period keeps its unit when it is edited", () => {
  expect(toPeriod(0)).toEqual({ amount: 0, unit: "days" });
  expect(toPeriod(7 * 86_400)).toEqual({ amount: 7, unit: "days" });
  expect(toPeriod(5_400)).toEqual({ amount: 90, unit: "minutes" });
});
