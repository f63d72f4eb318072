/** The packed archive as an unprivileged user installs and runs it. */
import { readFileSync, statSync } from "node:fs";
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { Client } from "pg";
import { spawnTask } from "../lib/absurd/tasks/spawn";
import { expect, test } from "./support/fixtures";
import { open } from "./support/open";
import { type Installed, installPackage } from "./support/package";
import { startSwitch } from "./support/switch";

const TOKEN = "correct-horse-battery-staple";
const BASE_PATH = "/ops/absurd";

// One installation serves all tests in this file.
test.describe.configure({ mode: "default" });

let installed: Installed;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  installed = await installPackage();
});
test.afterAll(() => installed.remove());

const databaseUrl = () => process.env.E2E_DATABASE_URL ?? "";

test("the archive is small and contains the dashboard, its licences and no sources", () => {
  expect(statSync(installed.archive).size).toBeLessThan(20_000_000);
  for (const file of [
    "LICENSE",
    "README.md",
    "THIRD-PARTY-NOTICES",
    "sbom.cdx.json",
    "dist/cli/main.mjs",
  ])
    expect(installed.files).toContain(file);
  expect(installed.files).toContain("drizzle/dashboard/0001_audit.sql");
  const unwanted =
    /(^|\/)(\.env|.*\.test\.[jt]s|proof|e2e|bench)$|\.tsx?$|@img|\/sharp|\.map$|\.node$/;
  expect(installed.files.filter((file) => unwanted.test(file))).toEqual([]);
});

test("its commands work for a user without write access", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await installed.run(["--version"])).toMatchObject({ stdout: version, exitCode: 0 });
  const doctor = await installed.run(["doctor", "--json", databaseUrl()]);
  expect(doctor.exitCode).toBe(0);
  expect(JSON.parse(doctor.stdout).checks[0]).toMatchObject({ id: "connection", verdict: "ok" });
  const migrate = await installed.run(["migrate", databaseUrl()]);
  expect(migrate).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("up to date") });
  const env = { DATABASE_URL: databaseUrl(), DASHBOARD_TOKEN: TOKEN };
  const printed = await installed.run(["doctor", "--print-config"], env);
  expect(printed.stdout).toContain('dashboard_token: "(set)" # environment');
  expect(printed.stdout).not.toContain(TOKEN);
  expect(printed.stdout).not.toContain(new URL(databaseUrl()).password);
  expect(await installed.run(["serve", "--port", "http"], env)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("PORT is not a number"),
  });
  expect(await installed.run(["sreve"])).toMatchObject({ exitCode: 1, stdout: "" });
});

test("it starts quickly, as one process that needs little memory", async () => {
  const server = await installed.serve({ DATABASE_URL: databaseUrl() });
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8");
  // The documented limit is two seconds; the other specs use the machine at the same time.
  expect(server.startedIn).toBeLessThan(process.env.CI ? 10_000 : 4_000);
  const getMemory = () => {
    const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  };
  // Idle, it returns what its start needed.
  await expect.poll(getMemory, { timeout: 30_000 }).toBeLessThan(130_000);
  expect(children.trim()).toBe("");
  // Besides the log's lines of JSON; nothing of the framework's.
  const lines = () =>
    server
      .log()
      .split("\n")
      .filter((line) => line && !line.startsWith("{"));
  await expect.poll(lines).toEqual([`The dashboard is at ${server.url}`]);
  expect(await installed.run(["doctor", "--probe"], { PORT: new URL(server.url).port })).toEqual({
    stdout: "",
    stderr: "",
    exitCode: 0,
  });
  expect(await server.stop()).toBe(0);
});

test("its scripts and styles are compressed in advance, and kept by browsers", async ({ page }) => {
  const server = await installed.serve({ DATABASE_URL: databaseUrl() });
  const get = (address: string, encoding: string) =>
    new Promise<{ headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      http
        .get(address, { headers: { "accept-encoding": encoding } }, async (response) => {
          const body = Buffer.concat(await response.toArray());
          resolve({ headers: response.headers, body });
        })
        .on("error", reject);
    });
  try {
    const html = await (await page.request.get(server.url)).text();
    const addresses = new Set(html.match(/\/_next\/static\/[\w./~-]+\.(js|css)\?dpl=\w+/g));
    expect(addresses.size).toBeGreaterThan(10);
    for (const address of addresses) {
      const url = new URL(address, server.url).href;
      const plain = await get(url, "identity");
      const gzip = await get(url, "gzip");
      const brotli = await get(url, "gzip, deflate, br");
      expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
      expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
      expect(gzip.body.length).toBeLessThanOrEqual(gzipSync(plain.body).length);
      for (const { headers } of [plain, gzip, brotli])
        expect(headers).toMatchObject({
          "cache-control": expect.stringContaining("immutable"),
          "content-type": plain.headers["content-type"],
          "x-content-type-options": "nosniff",
        });
      expect(gzip.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
      expect(brotli.headers).toMatchObject({ "content-encoding": "br", vary: "Accept-Encoding" });
    }
  } finally {
    expect(await server.stop()).toBe(0);
  }
});

test("its API answers the same with and without the framework's router", async ({ work }) => {
  const { taskId } = await spawnTask(work.pool, work.queue, "pack-order", { order: 7 });
  const server = await installed.serve({ DATABASE_URL: databaseUrl(), BASE_PATH });
  const queue = `/api/queues/${work.queue}`;
  const send = async (method: string, path: string) => {
    const response = await fetch(`${server.url}${path}`, { method });
    await response.text();
    const headers = Object.fromEntries(response.headers);
    // Those of the connection, and what changes with time.
    const own = ["connection", "content-length", "keep-alive", "transfer-encoding", "vary"];
    for (const name of [...own, "date", "etag"]) delete headers[name];
    const isRouted = /next-router/.test(response.headers.get("vary") ?? "");
    return { isRouted, answer: { status: response.status, headers } };
  };
  try {
    for (const path of [
      "/api/access",
      "/api/health",
      "/api/health/ready",
      "/api/overview/latency",
      "/api/previews/unknown",
      `${queue}/events`,
      `${queue}/figures`,
      `${queue}/tasks/${taskId}`,
      `${queue}/tasks/${taskId}/related`,
      `${queue}/tasks/unknown`,
      "/api/queues/unknown/figures",
      "/api/tasks?limit=200",
      "/api/tasks?nonsense=1",
      `/api/tasks/rows?rows=${work.queue}:${taskId}`,
      "/api/workflows/definitions",
      `/api/workflows/${taskId}`,
    ]) {
      const direct = await send("GET", path);
      // Only requests by GET are answered without it.
      const routed = await send("HEAD", path);
      expect([path, direct.isRouted, routed.isRouted]).toEqual([path, false, true]);
      expect(direct.answer, path).toEqual(routed.answer);
    }
    const outside = await fetch(`${new URL(server.url).origin}/api/tasks`);
    expect(outside.status).toBe(404);
  } finally {
    expect(await server.stop()).toBe(0);
  }
});

test("its idle connections stay open", async () => {
  const server = await installed.serve({ DATABASE_URL: databaseUrl() });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const isReused = () =>
    new Promise<boolean>((resolve, reject) => {
      const sent = http.get(`${server.url}/api/health/live`, { agent }, (response) => {
        response.resume().on("end", () => resolve(sent.reusedSocket));
      });
      sent.on("error", reject);
    });
  try {
    expect(await isReused()).toBe(false);
    // Longer than a page pauses between two refreshes, and than Node keeps connections by default.
    await pause(8_000);
    expect(await isReused()).toBe(true);
  } finally {
    agent.destroy();
    expect(await server.stop()).toBe(0);
  }
});

test("Below a base path, I sign in, look around, act, and sign out", async ({ page, work }) => {
  test.setTimeout(120_000);
  const server = await installed.serve({
    DATABASE_URL: databaseUrl(),
    DASHBOARD_TOKEN: TOKEN,
    BASE_PATH,
  });
  const { origin } = new URL(server.url);
  const strays: string[] = [];
  page.on("request", (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (protocol === "http:" && !`${pathname}/`.startsWith(`${BASE_PATH}/`)) strays.push(pathname);
  });
  const broken: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400) broken.push(`${response.status()} ${response.url()}`);
  });
  page.on("pageerror", (error) => broken.push(error.message));
  try {
    const { taskId } = await spawnTask(work.pool, work.queue, "pack-order", { order: 7 });
    await page.goto(server.url);
    await expect(page).toHaveURL(`${server.url}/sign-in`);
    await page.goto(`${server.url}/queues/${work.queue}/tasks?state=pending`);
    await expect(page).toHaveURL(new RegExp(`${BASE_PATH}/sign-in\\?next=`));
    await page.getByLabel(/token/i).fill(TOKEN);
    await page.getByRole("button", { name: /sign in/i }).click();
    await expect(page).toHaveURL(`${server.url}/queues/${work.queue}/tasks?state=pending`);
    await page
      .getByRole("link", { name: /pack-order/ })
      .first()
      .click();
    await expect(page).toHaveURL(new RegExp(`${BASE_PATH}/queues/${work.queue}/tasks/${taskId}`));
    await page
      .getByRole("button", { name: /^Cancel/ })
      .first()
      .click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Cancel task/ })
      .click();
    await expect(page.getByText(/Task cancelled|Cancelled/).first()).toBeVisible();
    for (const section of [
      "Queues",
      "Failures",
      "Events",
      "Workers",
      "Workflows",
      "Bulk",
      "Audit",
    ]) {
      await page.getByRole("link", { name: section, exact: true }).first().click();
      await expect(page).toHaveURL(new RegExp(`${BASE_PATH}/${section.toLowerCase()}`));
    }
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill(taskId);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`${BASE_PATH}/queues/${work.queue}/tasks/${taskId}`));
    await page.reload();
    await expect(page.getByRole("heading", { name: "pack-order" })).toBeVisible();
    await page.goto(`${server.url}/diagnostics`);
    await expect(page.getByText(/Connected to /)).toBeVisible();
    await page
      .getByRole("button", { name: /sign out/i })
      .first()
      .click();
    await expect(page).toHaveURL(`${server.url}/sign-in`);
    expect(strays).toEqual([]);
    expect(broken).toEqual([]);
    // Nothing is served outside the base path, with or without a session.
    for (const elsewhere of [
      ...["/", "/tasks", "/api/queues", "/sign-in", "/api/health", "/favicon.ico"],
      ...[`${BASE_PATH}X/tasks`, BASE_PATH.slice(0, -1), "/_next/static/x.js"],
    ]) {
      const response = await page.request.get(`${origin}${elsewhere}`, { maxRedirects: 0 });
      expect(response.status(), elsewhere).toBe(404);
    }
    expect((await page.request.get(`${server.url}/api/queues`)).status()).toBe(401);
  } finally {
    expect(await server.stop()).toBe(0);
  }
});

test("Behind a proxy that rewrites the host name, I sign in under the allowed one", async ({
  page,
}) => {
  const proxy = http.createServer();
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const name = `localhost:${(proxy.address() as { port: number }).port}`;
  const settings = { DATABASE_URL: databaseUrl(), DASHBOARD_TOKEN: TOKEN };
  const server = await installed.serve({ ...settings, DASHBOARD_ALLOWED_HOSTS: name });
  const { host, port } = new URL(server.url);
  proxy.on("request", (request, response) => {
    const { method, url: path } = request;
    const headers = { ...request.headers, host };
    const forwarded = http.request({ port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });
  try {
    await page.goto(`http://${name}/sign-in`);
    await page.getByLabel(/token/i).fill(TOKEN);
    await page.getByRole("button", { name: /sign in/i }).click();
    await expect(page).toHaveURL(`http://${name}/`);
  } finally {
    proxy.close();
    proxy.closeAllConnections();
    expect(await server.stop()).toBe(0);
  }
});

test("after a stop signal, a pending request finishes and the exit code is 0", async ({ work }) => {
  const named = new URL(databaseUrl());
  named.searchParams.set("application_name", work.queue);
  const server = await installed.serve({ DATABASE_URL: named.href });
  const agent = new http.Agent({ keepAlive: true });
  const ask = (path: string) =>
    new Promise<number>((resolve, reject) => {
      http
        .get(`${server.url}${path}`, { agent }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode ?? 0));
        })
        .on("error", reject);
    });
  // Leaves a connection open that would delay a server which waits for its clients.
  expect(await ask("/api/health/live")).toBe(200);
  const blocker = new Client({ connectionString: databaseUrl() });
  await blocker.connect();
  try {
    await blocker.query(`begin; lock table absurd."t_${work.queue}" in access exclusive mode`);
    const answer = ask(`/api/tasks?queue=${work.queue}`);
    const waiting = `select from pg_stat_activity
      where application_name = '${work.queue} reader' and wait_event_type = 'Lock'`;
    await expect
      .poll(async () => (await work.pool.query(waiting)).rowCount, { intervals: [20] })
      .toBeGreaterThan(0);
    const began = performance.now();
    const exit = server.stop();
    expect(await answer).toBeGreaterThanOrEqual(200);
    expect(await exit).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_500);
  } finally {
    await blocker.end();
    agent.destroy();
  }
});

test("Without its database the dashboard starts, shows why, and recovers", async ({ page }) => {
  const cable = await startSwitch(databaseUrl());
  await cable.cut();
  const server = await installed.serve({ DATABASE_URL: cable.url });
  try {
    const probe = async (name: string) =>
      (await page.request.get(`${server.url}/api/health/${name}`)).status();
    expect([await probe("live"), await probe("startup"), await probe("ready")]).toEqual([
      200, 200, 503,
    ]);
    await page.goto(`${server.url}/tasks`);
    await page.getByRole("link", { name: "Diagnose" }).click();
    await expect(page.getByText("Nothing listens on this host and port.")).toBeVisible();
    await expect(page.getByText(`:${new URL(cable.url).port}/`).first()).toBeVisible();
    await expect(page.getByText(/Likely causes/)).toBeVisible();
    expect(await page.content()).not.toContain(new URL(databaseUrl()).password);
    await cable.mend();
    await expect.poll(() => probe("ready"), { timeout: 15_000 }).toBe(200);
    await open(page, `${server.url}/tasks`);
  } finally {
    expect(await server.stop()).toBe(0);
    await cable.cut();
  }
});
