/** Two versions behind one load balancer, as during a roll-out: tabs of both keep working. */
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { execa } from "execa";
import getPort from "get-port";
import { spawnTask } from "../../lib/absurd/tasks/spawn";
import { ensureProgram } from "../../testing/installed/debian";
import { expect, test } from "../support/fixtures";
import { open } from "../support/open";
import { type Installed, installPackage, type Serving } from "../support/package";

let older: Installed;
let newer: Installed;
let checkout: string;

// Two versions serve all tests in this file.
test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  test.setTimeout(900_000);
  older = await installPackage();
  checkout = await mkdtemp(path.join(tmpdir(), "absurd-newer-"));
  await buildNewer(older.archive);
  newer = await installPackage(checkout);
});
test.afterAll(async () => {
  await older?.remove();
  await newer?.remove();
  await rm(checkout, { recursive: true, force: true });
});

/** Builds another version: the same sources with a different text in the frame of every page. */
async function buildNewer(previous: string): Promise<void> {
  const skipped = new Set([
    "node_modules",
    ".git",
    ".next",
    ".cache",
    ".data",
    "dist",
    "test-results",
  ]);
  for (const name of await readdir("."))
    if (!skipped.has(name)) await cp(name, path.join(checkout, name), { recursive: true });
  // The bundler follows no link out of the checkout. Hard links cost nothing, where both are on one file system.
  const modules = path.join(checkout, "node_modules");
  await execa("cp", ["-al", "node_modules", modules]).catch(async () => {
    await rm(modules, { recursive: true, force: true });
    await execa("cp", ["-a", "node_modules", modules]);
  });
  await rm(path.join(modules, ".cache"), { recursive: true, force: true });
  const sections = path.join(checkout, "components/layout/frame/sections.ts");
  const text = await readFile(sections, "utf8");
  await writeFile(sections, text.replace('label: "Failures"', 'label: "Failures (new)"'));
  const env = {
    // Playwright's own is "test", with which no build succeeds.
    NODE_ENV: "production",
    TYPES_ARE_CHECKED: "1",
    NEXT_DEPLOYMENT_ID: "newer",
    NEXT_TELEMETRY_DISABLED: "1",
  };
  await execa("next", ["build"], { cwd: checkout, preferLocal: true, localDir: checkout, env });
  const pack = ["scripts/package/package.ts", "--as-built", "--previous", previous];
  await execa("tsx", pack, { cwd: checkout, preferLocal: true, localDir: checkout });
}

/** Debian's nginx, which sends each request to the next server, like load balancers without affinity. */
async function startBalancer() {
  const nginx = await ensureProgram("nginx", "nginx-light");
  const folder = await mkdtemp(path.join(tmpdir(), "absurd-balancer-"));
  const at = (name: string) => path.join(folder, name);
  const port = await getPort({ host: "127.0.0.1" });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${at(name)};`)
    .join(" ");
  const location = await readFile("deploy/nginx/absurd-dashboard.conf", "utf8");
  await writeFile(
    at("location.conf"),
    location
      .replace("http://127.0.0.1:3000", "http://servers")
      .replace("location /ops/absurd", "location /"),
  );
  await writeFile(
    at("nginx.conf"),
    `daemon off; pid ${at("nginx.pid")}; error_log stderr;
     events {}
     http {
       access_log off; ${temporary}
       include ${at("servers.conf")};
       server { listen 127.0.0.1:${port}; include ${at("location.conf")}; }
     }`,
  );
  const list = (servers: readonly Serving[]) =>
    writeFile(
      at("servers.conf"),
      `upstream servers { ${servers.map(({ url }) => `server ${new URL(url).host};`).join(" ")} }`,
    );
  await chmod(folder, 0o755);
  let running:
    | { signal: (name: "SIGHUP" | "SIGTERM") => void; ended: Promise<unknown> }
    | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    /** Sends requests to these servers from now on. */
    use: async (servers: readonly Serving[]) => {
      await list(servers);
      if (running) return running.signal("SIGHUP");
      const server = execa(nginx, ["-c", at("nginx.conf"), "-p", folder], { reject: false });
      running = { signal: (name) => void server.kill(name), ended: server };
    },
    stop: async () => {
      running?.signal("SIGTERM");
      await running?.ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Time during which both versions serve, in milliseconds. */
const MIXED_MS = 600_000;

const isBroken = /Application error|something went wrong/i;

async function cancel(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: /^Cancel/ })
    .first()
    .click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Cancel task/ })
    .click();
  await expect(page.getByText(/Task cancelled/).first()).toBeVisible();
}

test("During a roll-out, tabs of the old version can still act, and no tab is broken", async ({
  page,
  context,
  work,
}) => {
  test.setTimeout(MIXED_MS + 180_000);
  const settings = { DATABASE_URL: process.env.E2E_DATABASE_URL ?? "" };
  const [old, next] = [await older.serve(settings), await newer.serve(settings)];
  const balancer = await startBalancer();
  const faults: string[] = [];
  const labels = new Set<string>();
  const watch = (tab: Page) => {
    tab.on("pageerror", (error) => faults.push(error.message));
    tab.on("response", (response) => {
      if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
    });
  };
  const spawn = async (name: string) => {
    const { taskId } = await spawnTask(work.pool, work.queue, name, {});
    return { taskId, url: `${balancer.url}/queues/${work.queue}/tasks/${taskId}` };
  };
  const getState = async (taskId: string) => {
    const { rows } = await work.pool.query(
      `select state from absurd."t_${work.queue}" where task_id = $1`,
      [taskId],
    );
    return rows[0].state;
  };
  try {
    await balancer.use([old]);
    await expect.poll(() => fetch(balancer.url).catch(() => null)).not.toBeNull();
    // Two tabs of the old version: one acts while both versions serve, the other when the old one is gone.
    const tabs = await Promise.all(
      ["during", "after"].map(async (name) => {
        const tab = await context.newPage();
        watch(tab);
        const { taskId, url } = await spawn(name);
        await open(tab, url);
        return { tab, taskId };
      }),
    );
    await balancer.use([old, next]);
    watch(page);
    const end = Date.now() + MIXED_MS;
    for (let round = 0; Date.now() < end; round++) {
      const { taskId, url } = await spawn(`round-${round}`);
      await open(page, url);
      await cancel(page);
      expect(await getState(taskId)).toBe("cancelled");
      for (const section of ["Queues", "Events", "Workers", "Tasks"]) {
        await page.getByRole("link", { name: section, exact: true }).first().click();
        await expect(page).toHaveURL(new RegExp(`/${section.toLowerCase()}`));
        await expect(page.locator("main")).toBeVisible();
        await expect(page.getByText(isBroken)).toHaveCount(0);
        const failures = page.getByRole("link", { name: /^Failures/ }).first();
        // Without the number of failures, which other tests cause.
        labels.add((await failures.innerText()).split("\n")[0] ?? "");
      }
    }
    // Otherwise one of the two versions served no page.
    expect([...labels].sort()).toEqual(["Failures", "Failures (new)"]);
    const [during, after] = tabs;
    if (during) {
      await cancel(during.tab);
      expect(await getState(during.taskId)).toBe("cancelled");
    }
    await balancer.use([next]);
    expect(await old.stop()).toBe(0);
    if (after) {
      await cancel(after.tab);
      expect(await getState(after.taskId)).toBe("cancelled");
    }
    for (const { tab } of tabs) await expect(tab.getByText(isBroken)).toHaveCount(0);
    expect(faults).toEqual([]);
  } finally {
    await balancer.stop();
    await Promise.all([old.stop(), next.stop()]);
  }
});

test("the new package serves the scripts and styles of the old one", async () => {
  const server = await newer.serve({ DATABASE_URL: process.env.E2E_DATABASE_URL ?? "" });
  const assets = older.files.filter((file) => /app\/\.next\/static\/.*\.(js|css)$/.test(file));
  expect(assets.length).toBeGreaterThan(10);
  try {
    for (const asset of assets) {
      const response = await fetch(`${server.url}/_next/${asset.split("/.next/")[1]}`);
      expect(`${response.status} ${asset}`).toBe(`200 ${asset}`);
    }
  } finally {
    await server.stop();
  }
});
