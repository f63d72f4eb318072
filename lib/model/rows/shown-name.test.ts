import { expect, test } from "vitest";
import { isCutName, splitCutName } from "./shown-name";

test.each([
  ["a short name", "charge-card...", false],
  ["a name of 500 characters", "n".repeat(500), false],
  ["a name of 500 characters of two code units", "😀".repeat(500), false],
  ["a cut name", `${"n".repeat(500)}... #0a1b2c3d`, true],
  ["a cut name of characters of two code units", `${"😀".repeat(500)}... #0a1b2c3d`, true],
])("%s", (_, name, isCut) => {
  expect(isCutName(name)).toBe(isCut);
});

test("a cut name is split before its dots", () => {
  const start = `${"n\n".repeat(249)}...`;
  expect(splitCutName(`${start}... #0a1b2c3d`)).toEqual({ start, digest: "#0a1b2c3d" });
});
