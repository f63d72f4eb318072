import { expect, test } from "vitest";
import { sumCounts } from "./count";

test("a sum is only as precise as its least precise part", () => {
  expect(
    sumCounts([
      { value: 1, precision: "exact" },
      { value: 2, precision: "estimated" },
    ]),
  ).toEqual({ value: 3, precision: "estimated" });
  expect(sumCounts([])).toEqual({ value: 0, precision: "exact" });
});
