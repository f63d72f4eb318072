import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { workAtOnce } from "@/lib/model/work/turns";
import { jsonResponse, stringifyInTurns } from "./json-response";

const ask = (headers: Record<string, string> = {}) =>
  new Request("http://localhost/api/tasks", { headers });
const rows = Array.from({ length: 100 }, (_, id) => ({ id, name: "ship" }));

test("a result that differs only in its time is 304 with the new time", async () => {
  const first = await jsonResponse(ask(), { rows, now: "2026-03-02T12:00:00.000Z" });
  expect(await first.json()).toEqual({ rows, now: "2026-03-02T12:00:00.000Z" });
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^W\/"[\w-]+"$/);
  const later = { rows: [...rows], now: "2026-03-02T12:00:05.000Z" };
  const second = await jsonResponse(ask({ "If-None-Match": etag }), later);
  expect([second.status, await second.text()]).toEqual([304, ""]);
  expect(second.headers.get("x-now")).toBe(later.now);
});

test("a changed result is sent completely, with another ETag", async () => {
  const { headers } = await jsonResponse(ask(), { rows, now: "" });
  const etag = headers.get("etag") ?? "";
  const changed = { rows: rows.slice(1), now: "" };
  const response = await jsonResponse(ask({ "If-None-Match": etag }), changed);
  expect(response.status).toBe(200);
  expect(response.headers.get("etag")).not.toBe(etag);
  expect(await response.json()).toEqual(changed);
});

test("a body is compressed on the server's request, once for all requests", async () => {
  const result = { rows, now: "" };
  const one = await jsonResponse(ask({ "X-Body-Encoding": "gzip" }), result);
  expect(one.headers.get("x-body-encoding")).toBe("gzip");
  const bytes = Buffer.from(await one.arrayBuffer());
  expect(JSON.parse(gunzipSync(bytes).toString())).toEqual(result);
  // Next would remove a content encoding that the route declared.
  const plain = await jsonResponse(ask({ "Accept-Encoding": "gzip" }), result);
  expect(plain.headers.has("x-body-encoding")).toBe(false);
  expect(await plain.json()).toEqual(result);
});

test("a small or unusual result is complete", async () => {
  for (const result of [{}, { now: "x" }, { now: 5, a: 1 }, { a: { now: "x" } }, []])
    expect(await (await jsonResponse(ask({ "X-Body-Encoding": "gzip" }), result)).json()).toEqual(
      result,
    );
});

test("large results are stringified as JSON.stringify does, in stretches", () => {
  const object = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.constant(undefined)));
  const pause = fc.sample(fc.array(object, { maxLength: 120 }), { numRuns: 40, seed: 19 });
  for (const value of [...pause, { at: new Date(0), none: undefined, ["__proto__"]: 1 }])
    for (const few of [0, 10])
      expect(workAtOnce(stringifyInTurns({ value }, few))).toBe(JSON.stringify({ value }));
});

test("a page of rows is stringified at once", () => {
  const page = { rows: rows.map((row) => ({ ...row, tags: ["a"] })), now: "" };
  expect(stringifyInTurns(page).next()).toEqual({ done: true, value: JSON.stringify(page) });
  expect(stringifyInTurns(Array(60).fill(page)).next().done).toBe(false);
});

test("between two pauses, at most 50 members of a large result are stringified", () => {
  const seen: number[] = [];
  const operator = { toJSON: () => seen.push(0) };
  const operators = Object.fromEntries(
    Array.from({ length: 6_000 }, (_, n) => [`t${n}`, operator]),
  );
  const most: number[] = [];
  for (const _ of stringifyInTurns({
    view: { graph: { nodes: Array(6_000).fill(operator) } },
    operators,
  }))
    most.push(seen.splice(0).length);
  expect(Math.max(...most)).toBe(50);
  expect(most.reduce((sum, one) => sum + one, 0)).toBe(12_000);
});
