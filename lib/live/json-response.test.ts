import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { jsonResponse } from "./json-response";

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
