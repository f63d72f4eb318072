/** The packed dashboard with a read-only file system, as in a container with `--read-only`. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { expect, test } from "../support/fixtures";
import { type Installed, installPackage } from "../support/package";

let installed: Installed;
let folder: string;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  installed = await installPackage();
  folder = await mkdtemp(path.join(tmpdir(), "absurd-read-only-"));
});
test.afterAll(async () => {
  await installed.remove();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command in a mount namespace in which only the folder `writable`, if any, can be written. */
async function serveReadOnly(basePath: string, writable: string | null) {
  const port = await getPort();
  const script = path.join(folder, "run.sh");
  const keep = writable === null ? "" : `mount -t tmpfs -o size=64m,mode=1777 tmpfs ${writable}`;
  await writeFile(
    script,
    `set -e
     mount --make-rprivate /
     for at in $(awk '{print $5}' /proc/self/mountinfo | sort -u); do
       case "$at" in /proc*|/sys*|/dev*) ;; *) mount -o remount,bind,ro "$at" || true;; esac
     done
     ${keep}
     ! touch /probe 2>/dev/null
     exec setpriv --reuid=65534 --regid=65534 --clear-groups ${process.execPath} ${installed.command}`,
  );
  await chmod(folder, 0o755);
  const server = execa("unshare", ["--mount", "sh", script], {
    extendEnv: false,
    reject: false,
    all: true,
    env: {
      PATH: process.env.PATH ?? "",
      DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
      PORT: String(port),
      BASE_PATH: basePath,
      ...(writable !== null && { TMPDIR: writable }),
    },
  });
  return { server, url: `http://127.0.0.1:${port}${basePath}` };
}

test("at the root the dashboard writes nothing", async ({ page }) => {
  const { server, url } = await serveReadOnly("", null);
  await expect
    .poll(() =>
      page.request.get(`${url}/api/health/ready`).then(
        (one) => one.status(),
        () => 0,
      ),
    )
    .toBe(200);
  await page.goto(`${url}/tasks`);
  await expect(page.getByRole("link", { name: "Queues", exact: true }).first()).toBeVisible();
  server.kill("SIGTERM");
  expect((await server).exitCode).toBe(0);
});

test("below a path the dashboard needs one writable folder, and reports its absence", async ({
  page,
}) => {
  const refused = await (await serveReadOnly("/ops", null)).server;
  expect(refused.exitCode).toBe(1);
  expect(refused.all).toContain("A base path needs a folder that can be written");
  const { server, url } = await serveReadOnly("/ops", "/mnt");
  await expect
    .poll(() =>
      page.request.get(`${url}/api/health/ready`).then(
        (one) => one.status(),
        () => 0,
      ),
    )
    .toBe(200);
  await page.goto(`${url}/tasks`);
  await expect(page).toHaveURL(`${url}/tasks`);
  server.kill("SIGTERM");
  expect((await server).exitCode).toBe(0);
});
