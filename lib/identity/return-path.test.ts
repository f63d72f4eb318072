import { expect, test } from "vitest";
import { returnPath } from "./return-path";

test("returns only to pages of this dashboard", () => {
  expect(returnPath("/queues/a%20b/tasks?state=failed")).toBe("/queues/a%20b/tasks?state=failed");
  for (const foreign of [
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "",
    null,
    undefined,
  ])
    expect(returnPath(foreign)).toBe("/");
});
