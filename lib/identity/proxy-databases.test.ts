import { NextRequest } from "next/server";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { proxy } from "@/proxy";

vi.spyOn(console, "warn").mockImplementation(() => {});

function set(settings: Record<string, string>) {
  vi.unstubAllEnvs();
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  forgetEnvironment();
}
const several = {
  DATABASE_URL: "",
  DATABASES: JSON.stringify(
    ["eu", "us"].map((name) => ({ name, url: `postgresql://localhost/${name}` })),
  ),
};
beforeEach(() => set(several));
afterAll(() => {
  vi.unstubAllEnvs();
  forgetEnvironment();
});

async function send(path: string, method = "GET", headers: Record<string, string> = {}) {
  const request = new Request(`http://localhost:3000${path}`, {
    method,
    headers: { host: "localhost:3000", ...headers },
  });
  const response = await proxy(new NextRequest(request));
  return {
    status: response.status,
    location: response.headers.get("location"),
    /** The database that pages, routes and actions receive. */
    database: response.headers.get("x-middleware-request-x-absurd-database"),
    overridden: response.headers.get("x-middleware-override-headers") ?? "",
  };
}

test("pages, routes and actions use the database of their address; a header from the browser is ignored", async () => {
  const claim = { "x-absurd-database": "us" };
  for (const [path, method] of [
    ["/d/eu", "GET"],
    ["/d/eu/tasks", "GET"],
    ["/d/eu/api/queues", "GET"],
    ["/D/eu/api/health", "GET"],
    ["/d/eu/queues/orders", "POST"],
  ] as const)
    expect(await send(path, method, claim)).toMatchObject({ status: 200, database: "eu" });
  for (const path of ["/fleet", "/sign-in", "/api/health", "/api/health/ready"]) {
    const { status, database, overridden } = await send(path, "GET", claim);
    expect([path, status, database]).toEqual([path, 200, null]);
    expect(overridden).not.toContain("x-absurd-database");
  }
});

test("an address that names none of several databases leads to none", async () => {
  for (const [path, method] of [
    ["/api/queues", "GET"],
    ["/api/summary", "GET"],
    ["/tasks", "POST"],
    ["/d/asia/tasks", "GET"],
    ["/d/asia/api/queues", "GET"],
    ["/d/eu%20/api/queues", "GET"],
    ["/d/eu/fleet", "GET"],
    ["/d/eu/sign-in", "POST"],
    ["/d/eu/api/health/ready", "GET"],
  ] as const) {
    const { status, database } = await send(path, method);
    expect([path, status, database]).toEqual([path, 404, null]);
  }
  const id = "01a227dd-4878-7fee-82ab-03c0b4e25e05";
  expect((await send("/")).location).toBe("http://localhost:3000/fleet");
  expect((await send("/queues/a/tasks")).location).toBe("http://localhost:3000/fleet");
  expect((await send(`/queues/a/tasks/${id}`)).location).toBe(
    `http://localhost:3000/fleet?id=${id}`,
  );
});

test("one database has no prefix", async () => {
  set({ DATABASE_URL: "postgresql://localhost/x", DATABASES: "" });
  for (const path of ["/d/default/tasks", "/d/x/api/queues"])
    expect((await send(path)).status).toBe(404);
  expect(await send("/tasks", "GET", { "x-absurd-database": "x" })).toMatchObject({
    status: 200,
    database: null,
    location: null,
  });
});

test("people sign in before they see which databases exist, and return to their page", async () => {
  set({ ...several, DASHBOARD_TOKEN: "a-token-of-24-characters" });
  expect((await send("/d/eu/tasks?state=failed")).location).toBe(
    "http://localhost:3000/sign-in?next=%2Fd%2Feu%2Ftasks%3Fstate%3Dfailed",
  );
  for (const name of ["eu", "asia"]) expect((await send(`/d/${name}/api/health`)).status).toBe(401);
  expect((await send("/d/asia/tasks")).location).toContain("/sign-in?next=");
});
