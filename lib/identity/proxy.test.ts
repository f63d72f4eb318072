import { NextRequest } from "next/server";
import { beforeEach, expect, test } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { proxy } from "@/proxy";
import { localOperator } from "./require";
import { createSession, SESSION_COOKIE } from "./session";

const TOKEN = "a-token-of-24-characters";

beforeEach(() => set({}));

function set(settings: Record<string, string>) {
  delete process.env.DASHBOARD_TOKEN;
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
  const session = await createSession(localOperator(), TOKEN);
  expect((await send("/queues", { cookie: `${SESSION_COOKIE}=${session}` })).status).toBe(200);
  const tampered = `${session.slice(0, -2)}xx`;
  expect((await send("/api/tasks", { cookie: `${SESSION_COOKIE}=${tampered}` })).status).toBe(401);
});
