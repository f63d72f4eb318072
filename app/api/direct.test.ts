import { readdirSync } from "node:fs";
import path from "node:path";
import { NextRequest } from "next/server";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { headersOf, person } from "@/lib/identity/testing/people";
import { proxy } from "@/proxy";
import { answerApiDirectly, DIRECT_ROUTES } from "./direct";

const TOKEN = "a-token-of-24-characters";
const NOWHERE = "postgresql://127.0.0.1:9/x";

vi.spyOn(console, "warn").mockImplementation(() => {});
beforeEach(() => set({}));
afterAll(() => {
  vi.unstubAllEnvs();
  forgetEnvironment();
});

function set(settings: Record<string, string>) {
  vi.unstubAllEnvs();
  for (const [name, value] of Object.entries({ DATABASE_URL: NOWHERE, ...settings }))
    vi.stubEnv(name, value);
  forgetEnvironment();
}

const several = {
  DATABASE_URL: "",
  DATABASES: JSON.stringify(
    ["eu", "us"].map((name) => ({ name, url: `postgresql://127.0.0.1:9/${name}` })),
  ),
};

type Given = Record<string, string>;

const direct = (url: string, headers: Given = {}) =>
  answerApiDirectly({
    url,
    headers: new Headers({ host: "localhost:3000", ...headers }),
    signal: new AbortController().signal,
  });

const framework = (url: string, headers: Given = {}) =>
  proxy(
    new NextRequest(`http://localhost:3000${url}`, {
      headers: { host: "localhost:3000", ...headers },
    }),
  );

async function describe(response: Response | null) {
  return (
    response && {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  );
}

/** Routes whose bodies are streams, which the framework compresses. */
const STREAMS = [
  "audit/export",
  "queues/[queue]/events/payload",
  "queues/[queue]/tasks/[taskId]/payload",
  "tasks/count",
  "tasks/export",
  "tasks/search",
  "workflows/[workflowRunId]/payload",
];

test("every route is answered directly, except those with streams", () => {
  const routes = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "route.ts")
    .map((file) => path.dirname(file));
  expect([...DIRECT_ROUTES, ...STREAMS].sort()).toEqual(routes.sort());
});

test.each(DIRECT_ROUTES)("%s is found by its path, with its parameters", async (route) => {
  // Without a token, every route but probes refuses; nothing is read.
  set({ DASHBOARD_TOKEN: TOKEN });
  const response = await direct(`/api/${route.replace(/\[(\w+)\]/g, "a.b")}?x=1`);
  expect(response?.status).toBe(
    { "health/live": 200, "health/startup": 200 }[route] ?? (/^health/.test(route) ? 503 : 401),
  );
});

test("a segment's own route comes before the one with a parameter in its place", async () => {
  const response = await direct("/api/workflows/definitions?nonsense=1");
  expect((await describe(response))?.body).toContain("Unknown parameter nonsense");
  const other = await direct("/api/workflows/nonsense");
  expect((await describe(other))?.body).toContain("not a UUID");
  const definition = await direct("/api/workflows/definitions/graph");
  expect((await describe(definition))?.body).toContain("The definition id is not a UUID");
});

test("unusual paths and those of no such route are left to the framework", () => {
  for (const url of [
    "/",
    "/tasks",
    "/api",
    "/api/",
    "/api/tasks/",
    "//api/tasks",
    "/api//tasks",
    "/api/./tasks",
    "/api/x/../tasks",
    "/api/t%61sks",
    "/api/TASKS",
    "/api/queues/a%2Fb/figures",
    "/api/queues/../figures",
    "/api/nothing",
    "/api/tasks/export",
    "/api/tasks;x",
    "/api/tasks\\",
    "/d/eu/tasks",
    "/d/e%75/api/tasks",
    "api/tasks",
    "http://localhost/api/tasks",
    "",
  ])
    expect(direct(url), url).toBeNull();
});

test("what the framework's door refuses is refused in the same words", async () => {
  const foreign = [{ host: "evil.example" }, { host: "" }, { origin: "https://evil.example" }];
  const crossSite = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
  const { cookie = "" } = await headersOf(person("ada", { role: "viewer" }));
  for (const [settings, url, headers] of [
    ...[...foreign, crossSite].map((one) => [{}, "/api/tasks", one] as const),
    ...foreign.map((one) => [{}, "/api/health/live", one] as const),
    [{ DASHBOARD_TOKEN: TOKEN }, "/api/tasks", {}],
    [{ DASHBOARD_TOKEN: TOKEN }, "/api/live", { "x-forwarded-proto": "https" }],
    [{ DASHBOARD_TOKEN: TOKEN }, "/api/tasks", { cookie: cookie.replace("; c=d", "x; c=d") }],
    [{ DASHBOARD_TOKEN: TOKEN }, "/api/tasks", { authorization: `Bearer adb_${"0".repeat(12)}` }],
    [{}, "/d/eu/api/tasks", {}],
    [several, "/api/tasks", {}],
    [several, "/d/asia/api/tasks", {}],
    [several, "/d/asia/api/tasks", { "x-absurd-database": "eu" }],
    [several, "/d/eu/api/tasks", { host: "evil.example" }],
    [{ ...several, DASHBOARD_TOKEN: TOKEN }, "/d/eu/api/tasks", {}],
  ] as const) {
    set(settings);
    const answered = await describe(await direct(url, headers as Given));
    expect(answered, url).toEqual(await describe(await framework(url, headers as Given)));
    expect(answered?.status).toBeGreaterThanOrEqual(400);
  }
});

test("an admitted request has the caller and the database that its URL names, and the response its headers", async () => {
  set({ ...several, DASHBOARD_URL: "https://ops.example" });
  const claim = { host: "ops.example", "x-absurd-database": "us" };
  const answered = await direct("/d/eu/api/tasks?nonsense=1", claim);
  const passed = await framework("/d/eu/api/tasks?nonsense=1", claim);
  expect(passed.headers.get("x-middleware-request-x-absurd-database")).toBe("eu");
  expect(answered?.status).toBe(400);
  for (const [name, value] of passed.headers)
    if (!name.startsWith("x-middleware-")) expect(answered?.headers.get(name), name).toBe(value);
  expect(answered?.headers.get("strict-transport-security")).toMatch(/max-age/);
  // The database of the URL is asked, not the one that the header names.
  const { body = "" } = (await describe(await direct("/d/eu/api/queues", claim))) ?? {};
  expect(body).toContain('\\"eu\\"');
});
