import { expect, test } from "vitest";
import { formatAge, formatCountdown, formatDuration } from "./duration.ts";

test.each([
  [0, "0.0 s"],
  [0.4, "1 ms"],
  [42, "42 ms"],
  [4_800, "4.8 s"],
  [59_940, "59.9 s"],
  [59_960, "1 m 00 s"],
  [78_000, "1 m 18 s"],
  [7_500_000, "2 h 05 m"],
  [273_600_000, "3 d 4 h"],
  [-5, "0.0 s"],
])("formatDuration(%d) is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("ages have no tenths and large ones one unit", () => {
  expect(formatAge(4_800)).toBe("4 s");
  expect(formatAge(86_400_000)).toBe("1 d");
  expect(formatAge(400 * 86_400_000 + 3_600_000)).toBe("400 d");
});

test("a countdown reads zero only when nothing is left", () => {
  expect(formatCountdown(41_001)).toBe("0:42");
  expect(formatCountdown(1)).toBe("0:01");
  expect(formatCountdown(0)).toBe("0:00");
  expect(formatCountdown(3_900_000)).toBe("1:05:00");
});
