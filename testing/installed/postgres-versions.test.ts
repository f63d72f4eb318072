import { expect, test } from "vitest";
import { newestRelease } from "./postgres-versions";

test("releases of a major are compared numerically, not as text", () => {
  const releases = [
    "14.3.0-alpha.21",
    "14.22.0-beta.17",
    "14.23.0-beta.9",
    "14.23.0-beta.17",
    "15.0.0-beta.6",
  ];
  expect(newestRelease(releases, 14)).toBe("14.23.0-beta.17");
  expect(newestRelease(releases, 15)).toBe("15.0.0-beta.6");
  expect(newestRelease(releases, 13)).toBeUndefined();
});
