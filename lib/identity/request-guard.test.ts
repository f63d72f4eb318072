import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { getClientAddress, getPeer } from "./client-address";
import {
  ANONYMOUS_BODY,
  getRefusal,
  guardRequests,
  isPlainAction,
  LARGEST_BODY,
} from "./request-guard";
import { headersOf, person } from "./testing/people";

let server: Server;

beforeAll(async () => {
  guardRequests();
  // What the framework sees of each request.
  server = createServer((request, response) => {
    const headers = new Headers(
      Object.entries(request.headers).map(([name, value]): [string, string] => [name, `${value}`]),
    );
    const seen = {
      ...{ method: request.method, url: request.url, peer: getPeer(headers) },
      ...{ client: getClientAddress(headers), refusal: getRefusal(headers)?.status ?? null },
      ...{ path: getRefusal(headers)?.path },
    };
    response.end(JSON.stringify(seen));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());

function set(settings: Record<string, string> = {}) {
  for (const name of Object.keys(process.env))
    if (name.startsWith("DASHBOARD_")) delete process.env[name];
  Object.assign(process.env, { DATABASE_URL: "postgresql://localhost/x", ...settings });
  forgetEnvironment();
}
beforeEach(() => set({ DASHBOARD_TOKEN: "a-token-of-24-characters" }));

/**
 * Sends bytes unchanged, and returns everything received until the response is complete or the connection ends.
 */
function send(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    let back = "";
    socket.on("data", (part) => {
      back += part;
      if (/\{"method.*\}/.test(back)) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(back));
    socket.write(text);
  });
}

const head = (line: string, headers: Record<string, string> = {}) =>
  `${line} HTTP/1.1\r\nHost: localhost\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;
const seen = async (text: string) => {
  const back = await send(text);
  return JSON.parse(/\{"method.*\}/.exec(back)?.[0] ?? "{}");
};

test("the peer is the connection's; a client's header is ignored", async () => {
  for (const forged of ["10.0.0.1", "x 10.0.0.1", "0".repeat(32)])
    expect(
      await seen(
        head("GET /", { "x-absurd-dashboard-peer": forged, "x-forwarded-for": "10.0.0.1" }),
      ),
    ).toMatchObject({ peer: "127.0.0.1", client: "127.0.0.1", refusal: null });
});

test("X-Forwarded-For counts from a trusted proxy, from the right, up to the first address that is not one", async () => {
  set({ DASHBOARD_PROXY_FROM: "127.0.0.0/8,10.0.0.0/8" });
  const client = (forwarded: string) =>
    seen(head("GET /", { "x-forwarded-for": forwarded })).then((one) => one.client);
  expect(await client("203.0.113.7")).toBe("203.0.113.7");
  expect(await client("198.51.100.1, 203.0.113.7, 10.0.0.9")).toBe("203.0.113.7");
  expect(await client("10.0.0.9, 10.0.0.8")).toBe("127.0.0.1");
  set({ DASHBOARD_PROXY_FROM: "192.0.2.0/24" });
  expect(await client("203.0.113.7")).toBe("127.0.0.1");
});

test.each(["TRACE /", "PUT /", "DELETE /api/tasks", "OPTIONS *", "PATCH /", "CONNECTX /"])(
  "%s is refused before the framework fails over it",
  async (line) => {
    const back = await send(head(line));
    if (!line.startsWith("CONNECTX")) expect(back).toContain('"method":"GET","url":"/sign-in"');
    else expect(back).toMatch(/^HTTP\/1.1 400/);
    if (!line.startsWith("CONNECTX")) expect(back).toContain('"refusal":405');
  },
);

test.each(["/%ff", "/tasks/%", "/%c3%28", "/queues/%e0%a4/tasks?x=1", "//%"])(
  "%s is not a path",
  async (path) => {
    expect(await seen(head(`GET ${path}`))).toMatchObject({ url: "/sign-in", refusal: 400 });
  },
);

test("a refusal keeps the path for the log, in ASCII", async () => {
  expect(await seen(head("GET /queues/%ff?where=secret"))).toMatchObject({
    path: "/queues/%25ff",
  });
});

test("a second Host is refused, whichever one a proxy has checked", async () => {
  for (const second of ["Host: evil.example", "HOST: localhost"])
    expect(await seen(`GET / HTTP/1.1\r\nHost: localhost\r\n${second}\r\n\r\n`)).toMatchObject({
      refusal: 400,
    });
});

test("an encoded path and any query are unchanged", async () => {
  expect(await seen(head("GET /queues/a%20%C3%BC?where=%ff"))).toMatchObject({
    url: "/queues/a%20%C3%BC?where=%ff",
    refusal: null,
  });
});

test("a URL has at most 500 parameters, which the framework would otherwise compare with each other", async () => {
  expect(await seen(head(`GET /tasks?${"a&".repeat(499)}`))).toMatchObject({ refusal: null });
  for (const path of ["/tasks", "/api/tasks", "/sign-in", "/_next/static/a.js", "/nothing"])
    for (const parameter of ["a&", "a=1&", "&", "a[]=1&"])
      expect(await seen(head(`GET ${path}?${parameter.repeat(501)}`))).toMatchObject({
        refusal: 400,
      });
});

test("a state of the router that the framework can't parse is refused", async () => {
  const ask = (state: string) =>
    seen(head("GET /tasks", { RSC: "1", "Next-Router-State-Tree": state }));
  const page = encodeURIComponent('["",{"children":["tasks",{"children":["__PAGE__",{}]}]}]');
  expect(await ask(page)).toMatchObject({ refusal: null });
  for (const state of ["1", "[", "%", "%ff", "{}", "null", "[".repeat(10_000)])
    expect(await ask(state), state).toMatchObject({ refusal: 400 });
});

test("without a session, a body must be small and declare its length; with one it is bounded too", async () => {
  const post = (headers: Record<string, string>) => seen(head("POST /sign-in", headers));
  expect(await post({ "Content-Length": "0" })).toMatchObject({ method: "POST", refusal: null });
  expect(await post({ "Content-Length": String(ANONYMOUS_BODY) })).toMatchObject({ refusal: null });
  const large = { "Content-Length": String(ANONYMOUS_BODY + 1) };
  expect(await post(large)).toMatchObject({ method: "GET", url: "/sign-in", refusal: 413 });
  expect(await post({ "Transfer-Encoding": "chunked" })).toMatchObject({ refusal: 411 });
  expect(await post({ ...large, cookie: "absurd_dashboard_session=a.b.c" })).toMatchObject({
    refusal: 413,
  });
  expect(await post({ ...large, authorization: "Bearer adb_x" })).toMatchObject({ refusal: 413 });
  const { cookie = "" } = await headersOf(person("ada", { role: "viewer" }));
  expect(await post({ ...large, cookie })).toMatchObject({ method: "POST", refusal: null });
  const largest = { "Content-Length": String(LARGEST_BODY + 1), cookie };
  expect(await post(largest)).toMatchObject({ method: "GET", refusal: 413 });
});

test("the connection of a refused request ends, without waiting for its body", async () => {
  const back = await send(`${head("POST /", { "Content-Length": "7000000" })}${"x".repeat(1_000)}`);
  expect(back).toMatch(/connection: close/i);
});

test("a request is refused if the client sends an identity header in addition to the proxy's", async () => {
  set({
    ...{ DASHBOARD_PROXY_FROM: "127.0.0.1", DASHBOARD_PROXY_ROLES: "viewer=*" },
    ...{ DASHBOARD_PROXY_USER_HEADER: "X-User", DASHBOARD_PROXY_GROUPS_HEADER: "X-Groups" },
  });
  const get = (...lines: string[]) =>
    seen(`GET /tasks HTTP/1.1\r\n${["Host: localhost", ...lines].join("\r\n")}\r\n\r\n`);
  for (const lines of [
    ["X-Groups: dev", "X-Groups: ops"],
    ["x-groups: ops", "X-GROUPS: dev"],
    ["X-User: ada", "Accept: */*", "x-user: ada"],
    ["X-Proxy-Secret: a", "X-Proxy-Secret: b"],
  ])
    expect(await get(...lines), lines.join()).toMatchObject({ url: "/sign-in", refusal: 400 });
  expect(await get("X-User: ada", "X-Groups: dev", "X_Groups: ops")).toMatchObject({
    ...{ url: "/tasks", refusal: null },
  });
  expect(await get("Accept: a", "Accept: b")).toMatchObject({ refusal: null });
});

test("a refusal cannot be forged", async () => {
  expect(await seen(head("GET /", { "x-absurd-dashboard-refusal": "x 413" }))).toMatchObject({
    refusal: null,
  });
});

test("a request has a minute to arrive", () => {
  expect([server.headersTimeout, server.requestTimeout]).toEqual([15_000, 60_000]);
});

test("an upgrade to another protocol is served as a plain request, for any handlers of the framework", async () => {
  await seen(head("GET /tasks"));
  let upgraded = 0;
  server.on("upgrade", () => upgraded++);
  await new Promise((resolve) => setImmediate(resolve));
  const upgrade = { Connection: "Upgrade", Upgrade: "websocket" };
  expect(await seen(head("GET /tasks", upgrade))).toMatchObject({ method: "GET", url: "/tasks" });
  expect(upgraded).toBe(0);
});

const isPlain = (body: string, headers: Record<string, string> = {}) =>
  isPlainAction(
    new Request("http://localhost/queues", {
      ...{ method: "POST", body },
      headers: { "next-action": "a", "content-type": "text/plain;charset=UTF-8", ...headers },
    }),
  );

test("the arguments of an action are plain JSON", async () => {
  for (const given of [[], [{ queue: "a", params: '{"$1":"$@2"}' }], ["$$1", null, 1.5, true]])
    expect(await isPlain(JSON.stringify(given)), JSON.stringify(given)).toBe(true);
  expect(await isPlain('[{"reason":"$undefined","params":"\\"$F1\\""}]')).toBe(true);
  const ids = Array.from({ length: 1_000 }, (_, n) => ({ queue: "a", taskId: `${n}` }));
  expect(await isPlain(JSON.stringify([{ action: "cancel", ids }]))).toBe(true);
});

test.each([
  ["no list", '{"0":1}'],
  ["no JSON", "["],
  ["a reference", '["$1"]'],
  ["references", `[${'"$0",'.repeat(600_000)}1]`],
  ["a function", '[{"then":"$F1"}]'],
  ["a form within", '["$K1"]'],
  ["a chunk", '["$@1"]'],
  ["a key that refers", '[{"$1":1}]'],
  ["many arguments", `[${"1,".repeat(1_500)}1]`],
  ["many lists", `${"[".repeat(2_000_000)}${"]".repeat(2_000_000)}`],
  ["many objects", `[${'{"a":1},'.repeat(400_000)}1]`],
  ["many keys", `[{${Array.from({ length: 20_000 }, (_, n) => `"k${n}":1`).join(",")}}]`],
])("an action with %s is refused before it is decoded", async (_, body) => {
  expect(await isPlain(body)).toBe(false);
});

test("no form is decoded", async () => {
  for (const type of ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded", ""])
    expect(await isPlain("[]", { "content-type": type }), type).toBe(false);
  const form = { "content-type": "multipart/form-data; boundary=b" };
  const post = (headers: Record<string, string>, body?: string) =>
    isPlainAction(
      new Request("http://localhost/queues", { method: "POST", headers, ...(body && { body }) }),
    );
  expect(await post(form, "--b--")).toBe(false);
  expect(await post({})).toBe(true);
});
