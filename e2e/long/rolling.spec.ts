/** Two versions behind one load balancer, as during a roll-out: tabs of both keep working. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { spawnTask } from "../../lib/absurd/tasks/spawn";
import { expect, test } from "../support/fixtures";
import { open } from "../support/open";
import { type Installed, installPackage } from "../support/package";

let older: Installed;
let newer: Installed;
let checkout: string;

test.beforeAll(async () => {
  test.setTimeout(900_000);
  older = await installPackage();
  checkout = await mkdtemp(path.join(tmpdir(), "absurd-newer-"));
  await buildNewer(older.archive);
  newer = await installPackage(checkout);
});
test.afterAll(async () => {
  await older.remove();
  await newer.remove();
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
  await mkdir(path.join(checkout, "node_modules"));
  for (const name of await readdir("node_modules"))
    if (name !== ".cache")
      await symlink(path.resolve("node_modules", name), path.join(checkout, "node_modules", name));
  const sections = path.join(checkout, "components/layout/frame/sections.ts");
  const text = await readFile(sections, "utf8");
  await writeFile(sections, text.replace('label: "Failures"', 'label: "Failures (new)"'));
  const env = { TYPES_ARE_CHECKED: "1", NEXT_DEPLOYMENT_ID: "newer", NEXT_TELEMETRY_DISABLED: "1" };
  await execa("next", ["build"], { cwd: checkout, preferLocal: true, localDir: ".", env });
  const pack = ["scripts/package/package.ts", "--as-built", "--previous", previous];
  await execa("tsx", pack, { cwd: checkout, preferLocal: true, localDir: "." });
}

/** Sends each request to the next server in turn, like a load balancer without affinity. */
function balance(targets: string[]): Promise<http.Server> {
  let turn = 0;
  const server = http.createServer((request, response) => {
    const target = new URL(targets[turn++ % targets.length] ?? "");
    const forwarded = http.request(
      {
        host: target.hostname,
        port: target.port,
        path: request.url,
        method: request.method,
        headers: request.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    forwarded.on("error", () => response.destroy());
    request.pipe(forwarded);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

test("During a roll-out, a tab of the old version can still act and shows nothing broken", async ({
  page,
  work,
}) => {
  test.setTimeout(240_000);
  const settings = { DATABASE_URL: process.env.E2E_DATABASE_URL ?? "" };
  const servers = [await older.serve(settings), await newer.serve(settings)];
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const onlyOld = await balance([servers[0]?.url ?? ""]);
  const port = (onlyOld.address() as { port: number }).port;
  const url = `http://127.0.0.1:${port}`;
  try {
    await open(page, `${url}/queues/${work.queue}/tasks`);
    // The tab was served by the old version; from here on every other request is sent to the new one.
    onlyOld.removeAllListeners("request");
    const mixed = await balance(servers.map((server) => server.url));
    onlyOld.on("request", (request, response) => mixed.emit("request", request, response));
    for (let round = 0; round < 4; round++) {
      const { taskId } = await spawnTask(work.pool, work.queue, `round-${round}`, {});
      await open(page, `${url}/queues/${work.queue}/tasks/${taskId}`);
      await page
        .getByRole("button", { name: /^Cancel/ })
        .first()
        .click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: /^Cancel task/ })
        .click();
      await expect(page.getByText(/Task cancelled/).first()).toBeVisible();
      const { rows } = await work.pool.query(
        `select state from absurd."t_${work.queue}" where task_id = $1`,
        [taskId],
      );
      expect(rows[0].state).toBe("cancelled");
      for (const section of ["Queues", "Events", "Workers", "Tasks"]) {
        await page.getByRole("link", { name: section, exact: true }).first().click();
        await expect(page).toHaveURL(new RegExp(`/${section.toLowerCase()}`));
        await expect(page.locator("main")).toBeVisible();
        await expect(page.getByText(/Application error|something went wrong/i)).toHaveCount(0);
      }
    }
    mixed.close();
    expect(errors).toEqual([]);
  } finally {
    onlyOld.close();
    onlyOld.closeAllConnections();
    for (const server of servers) expect(await server.stop()).toBe(0);
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
