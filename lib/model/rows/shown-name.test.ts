import { expect, test } from "vitest";
import { isCutName } from "./shown-name";

test.each([
  ["a short name", "charge-card...", false],
  ["a name of 500 characters", "n".repeat(500), false],
  ["a name of 500 characters of two code units", "😀".repeat(500), false],
  ["a cut name", `${"n".repeat(500)}...`, true],
  ["a cut name of characters of two code units", `${"😀".repeat(500)}...`, true],
])("%s", (_, name, isCut) => {
  expect(isCutName(name)).toBe(isCut);
});
