import fc from "fast-check";
import { expect, test } from "vitest";
import { returnPath } from "./return-path";

test("after signing in the browser returns to a path of this dashboard", () => {
  expect(returnPath("/queues/a%20b/tasks?state=failed&page=2")).toBe(
    "/queues/a%20b/tasks?state=failed&page=2",
  );
  expect(returnPath("/a/../tasks")).toBe("/tasks");
  for (const nothing of [undefined, null, "", "/"]) expect(returnPath(nothing)).toBe("/");
});

test.each([
  "https://host.example",
  "//host.example",
  "/\\host.example",
  "\\\\host.example",
  "/.//host.example",
  "/./\\host.example",
  "/..//host.example",
  "/a/..//host.example",
  "/%2e//host.example",
  "/.%2e//host.example",
  "/\t/host.example",
  "/\n//host.example",
  "/.\t//host.example",
  " //host.example",
  "javascript:alert(1)",
  "/.//.//host.example",
])("%j does not lead to another site", (given) => {
  const target = new URL(returnPath(given), "https://ops.example");
  expect(target.origin).toBe("https://ops.example");
  expect(returnPath(given)).not.toMatch(/^\/[/\\]/);
});

test("no text of separators, dots and control characters leads to another site", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "%2e",
    "%2f",
    "%5c",
    "\t",
    "\n",
    "\r",
    " ",
    "@",
    ":",
    "host.example",
    "?",
    "#",
    "a",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      const path = returnPath(pieces.join(""));
      expect(new URL(path, "https://ops.example").origin).toBe("https://ops.example");
      expect(path).toMatch(/^\/(?![/\\])/);
    }),
    { numRuns: 3_000 },
  );
});
