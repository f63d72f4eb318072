import { expect, test } from "vitest";
import { findForeign } from "./origin";

const check = (headers: Record<string, string>, allowed: string[] = [], isLocal = false) =>
  findForeign(new Headers(headers), allowed, isLocal);

test.each([
  [{ host: "127.0.0.1:3000" }],
  [{ host: "localhost:3000" }],
  [{ host: "LOCALHOST" }],
  [{ host: "[::1]:3000" }],
  [{ host: "10.1.2.3:3000", origin: "http://10.1.2.3:3000" }],
  [{ host: "localhost:3000", origin: "http://localhost:3000" }],
  [{ host: "localhost:3000", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
  [{ host: "localhost:3000", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }],
])("%j is our own", (headers) => {
  expect(check(headers)).toBeNull();
});

test.each([
  [{}],
  [{ host: "evil.example" }],
  [{ host: "evil.example:3000" }],
  [{ host: "localhost.evil.example" }],
  [{ host: "127.0.0.1.evil.example:3000" }],
  [{ host: "localhost:3000@evil.example" }],
  [{ host: "[evil]:3000" }],
])("%j is a foreign name that points here", (headers) => {
  expect(check(headers)).toBe("host");
});

test.each([
  ["http://evil.example"],
  ["http://localhost:8000"],
  ["http://127.0.0.1:3000"],
  ["null"],
  ["nonsense"],
  ["file://localhost:3000"],
])("the origin %s is another site", (origin) => {
  expect(check({ host: "localhost:3000", origin })).toBe("origin");
});

test("a request from another site's page without an origin is refused", () => {
  const headers = { host: "localhost:3000", "sec-fetch-site": "cross-site" };
  expect(check({ ...headers, "sec-fetch-mode": "no-cors" })).toBe("origin");
});

test("additional host names must be allowed, with or without a port", () => {
  const allowed = ["ops.example", "b.example:8443"];
  expect(check({ host: "ops.example", origin: "https://ops.example" }, allowed)).toBeNull();
  expect(check({ host: "ops.example:81" }, allowed)).toBeNull();
  expect(check({ host: "b.example:8443" }, allowed)).toBeNull();
  expect(check({ host: "b.example" }, allowed)).toBe("host");
  expect(check({ host: "127.0.0.1:3000", origin: "https://ops.example" }, allowed)).toBeNull();
});

test("a dashboard without a token accepts loopback addresses only", () => {
  for (const host of ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"])
    expect(check({ host }, [], true)).toBeNull();
  expect(check({ host: "10.1.2.3:3000" }, [], true)).toBe("host");
  expect(check({ host: "10.1.2.3:3000" }, ["10.1.2.3"], true)).toBeNull();
});
