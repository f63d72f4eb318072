import { expect, test } from "vitest";
import { databasePrefix, splitPrefix, withPrefix } from "./base-path";

test.each([
  ["/d/eu", { name: "eu", prefix: "/d/eu", path: "/" }],
  ["/d/eu/", { name: "eu", prefix: "/d/eu", path: "/" }],
  ["/d/eu?range=24h", { name: "eu", prefix: "/d/eu", path: "/?range=24h" }],
  ["/d/eu/queues/a%2Fd", { name: "eu", prefix: "/d/eu", path: "/queues/a%2Fd" }],
  ["/d/eu/d/us/tasks", { name: "eu", prefix: "/d/eu", path: "/d/us/tasks" }],
  ["/", { name: null, prefix: "", path: "/" }],
  ["/d", { name: null, prefix: "", path: "/d" }],
  ["/d/", { name: null, prefix: "", path: "/d/" }],
  ["/queues/d/eu", { name: null, prefix: "", path: "/queues/d/eu" }],
  ["/diagnostics", { name: null, prefix: "", path: "/diagnostics" }],
])("%s is split into the database and the path within it", (path, parts) => {
  expect(splitPrefix(path)).toEqual(parts);
});

test.each(["/", "/?range=24h", "/tasks?state=failed", "/queues/a%20b#x"])(
  "the path %s within a database round-trips",
  (path) => {
    const there = withPrefix(databasePrefix("eu"), path);
    expect(there).not.toMatch(/eu\/($|[?#])/);
    expect(splitPrefix(there)).toMatchObject({ name: "eu", path });
    expect(withPrefix("", path)).toBe(path);
  },
);
