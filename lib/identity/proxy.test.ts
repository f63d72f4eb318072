import { NextRequest } from "next/server";
import { beforeEach, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { proxy } from "@/proxy";
import { headersOf, person } from "./testing/people";

const TOKEN = "a-token-of-24-characters";

vi.spyOn(console, "warn").mockImplementation(() => {});
beforeEach(() => set({}));

function set(settings: Record<string, string>) {
  for (const name of Object.keys(process.env))
    if (name.startsWith("DASHBOARD_")) delete process.env[name];
  Object.assign(process.env, { DATABASE_URL: "postgresql://localhost/x", ...settings });
  forgetEnvironment();
}

function send(path: string, headers: Record<string, string> = {}, method = "GET") {
  const request = new Request(`http://localhost:3000${path}`, {
    method,
    headers: { host: "localhost:3000", ...headers },
  });
  return proxy(new NextRequest(request));
}

test("each page gets its own policy with a new nonce", async () => {
  const [one, two] = await Promise.all([send("/"), send("/queues")]);
  const policy = one.headers.get("content-security-policy") ?? "";
  const nonce = /script-src 'self' 'nonce-([^']+)' 'strict-dynamic';/.exec(policy)?.[1];
  expect(nonce).toHaveLength(24);
  expect(policy).not.toMatch(/unsafe/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(two.headers.get("content-security-policy")).not.toContain(nonce);
  expect(one.headers.get("x-content-type-options")).toBe("nosniff");
  expect(one.headers.get("x-middleware-request-x-nonce")).toBe(nonce);
});

test("API responses cannot run anything", async () => {
  const response = await send("/api/tasks");
  expect(response.headers.get("content-security-policy")).toContain("sandbox");
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("an action from an allowed host on any port, behind a proxy that rewrites Host, is accepted", async () => {
  set({ DASHBOARD_ALLOWED_HOSTS: "ops.example" });
  const origin = { host: "127.0.0.1:3000", origin: "https://ops.example:8443" };
  const response = await send("/sign-in", { ...origin, "content-length": "2" }, "POST");
  expect(response.status).toBe(200);
  // The framework compares this with the origin.
  expect(response.headers.get("x-middleware-request-x-forwarded-host")).toBe("ops.example:8443");
});

test("foreign hosts and origins are refused before anything else", async () => {
  for (const headers of [{ host: "evil.example" }, { origin: "https://evil.example" }] as const) {
    const response = await send("/api/tasks", headers, "POST");
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: "forbidden" } });
  }
});

test("with a token, pages redirect to the sign-in page and everything else is refused", async () => {
  set({ DASHBOARD_TOKEN: TOKEN });
  const page = await send("/queues/a%20b/tasks?state=failed");
  expect(page.status).toBe(307);
  expect(page.headers.get("location")).toBe(
    "http://localhost:3000/sign-in?next=%2Fqueues%2Fa%2520b%2Ftasks%3Fstate%3Dfailed",
  );
  const outside = { host: "10.0.0.5:3000", "x-forwarded-proto": "https" };
  expect((await send("/", outside)).headers.get("location")).toBe("https://10.0.0.5:3000/sign-in");
  for (const [path, method] of [
    ["/api/tasks", "GET"],
    ["/queues", "POST"],
  ] as const) {
    const response = await send(path, {}, method);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "unauthenticated" } });
  }
  expect((await send("/sign-in")).status).toBe(200);
  expect((await send("/api/health")).status).toBe(200);
});

test("a session gives access until it is tampered with", async () => {
  set({ DASHBOARD_TOKEN: TOKEN });
  const { cookie = "" } = await headersOf(person("ada", { role: "viewer" }));
  expect((await send("/queues", { cookie })).status).toBe(200);
  const tampered = cookie.replace("; c=d", "x; c=d");
  expect((await send("/api/tasks", { cookie: tampered })).status).toBe(401);
});

test("while the database is unavailable, an API token is neither accepted nor rejected", async () => {
  set({ DASHBOARD_TOKEN: TOKEN, DATABASE_URL: "postgresql://127.0.0.1:9/x" });
  const authorization = `Bearer adb_000000000000_${"x".repeat(43)}`;
  expect((await send("/api/tasks", { authorization })).status).toBe(503);
});

test("exactly the build's files are exempt from signing in, and no path from the host check", async () => {
  set({ DASHBOARD_TOKEN: TOKEN });
  for (const path of ["/_next/static/chunks/a.js", "/icon.svg", "/favicon.ico"]) {
    expect((await send(path)).status, path).toBe(200);
    expect((await send(path, { host: "evil.example" })).status, path).toBe(403);
    expect((await send(path, {}, "POST")).status, path).toBe(401);
  }
  for (const path of [
    "/favicon.icoX",
    "/favicon.ico/x",
    "/_next/imageX",
    "/_next/image?url=x",
    "/_next/staticX",
    "/_next/static",
    "/_next/data/x.json",
    "/icon.svgX",
    "/sign-inX",
    "/sign-in/x",
    "/sign-in/oidc/callback/x",
    "/sign-in/oidcX",
  ])
    expect((await send(path)).status, path).toBe(307);
  expect((await send("/api/healthX")).status).toBe(401);
  expect((await send("/api/health/x/y")).status).toBe(401);
});

test("over https, responses tell browsers to always use it", async () => {
  const transport = (headers: Record<string, string>) =>
    send("/sign-in", headers).then((response) => response.headers.get("strict-transport-security"));
  expect(await transport({ "x-forwarded-proto": "https, http" })).toMatch(/max-age=31536000/);
  expect(await transport({})).toBeNull();
  set({ DASHBOARD_URL: "https://ops.example" });
  expect(await transport({ host: "ops.example" })).toMatch(/max-age/);
});

test("a person whom the proxy names but who has no role sees which groups were checked", async () => {
  set({
    ...{
      DASHBOARD_PROXY_SECRET: "a-secret-of-the-proxy-24",
      DASHBOARD_PROXY_USER_HEADER: "x-user",
    },
    ...{ DASHBOARD_PROXY_GROUPS_HEADER: "x-groups", DASHBOARD_PROXY_ROLES: "viewer=groups:dev" },
  });
  const proxy = { "x-proxy-secret": "a-secret-of-the-proxy-24" };
  const mallory = { ...proxy, "x-user": "<b>mallory</b>", "x-groups": "sales, <i>" };
  const denied = await send("/queues", mallory);
  expect(denied.status).toBe(403);
  const text = await denied.text();
  expect(text).toContain("groups: sales, &#60;i&#62;");
  expect(text).not.toMatch(/<[bi]>/);
  expect((await send("/api/tasks", mallory)).status).toBe(403);
  expect((await send("/queues", { ...proxy, "x-user": "ada", "x-groups": "dev" })).status).toBe(
    200,
  );
  // The same headers from any other sender.
  for (const secret of ["", "a-secret-of-the-proxy-2", "A-secret-of-the-proxy-24"])
    expect(
      (await send("/queues", { "x-user": "ada", "x-groups": "dev", "x-proxy-secret": secret }))
        .status,
    ).toBe(307);
});

test("no other page may frame a file, nor the page in place of a missing one", async () => {
  for (const path of ["/favicon.ico", "/_next/static/none.js", "/icon.svg"]) {
    const { headers } = await send(path);
    expect(headers.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
    expect(headers.get("x-frame-options"), path).toBe("DENY");
  }
});

test("what is not the input of an action is refused before the framework decodes it", async () => {
  const post = (path: string, headers: Record<string, string>) => send(path, headers, "POST");
  const form = await post("/queues", { "content-type": "multipart/form-data; boundary=b" });
  expect(form.status).toBe(400);
  expect(await form.json()).toMatchObject({ error: { code: "bad_request" } });
  const action = { "next-action": "a", "content-type": "text/plain;charset=UTF-8" };
  expect((await post("/queues", action)).status).toBe(400);
  for (const path of ["/icon.svg", "/_next/static/a.js"])
    expect((await post(path, {})).status, path).toBe(405);
});
