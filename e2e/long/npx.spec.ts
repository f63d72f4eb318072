/**
 * `npx absurd-dashboard` as typed by a new user: npm fetches the package and its dependencies into an empty home from a
 * registry that holds the archives made here.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import manifest from "../../package.json" with { type: "json" };
import { installPackage as installLight } from "../../testing/installed/install-package";
import { expect, test } from "../support/fixtures";
import { installPackage } from "../support/package";

test.describe.configure({ mode: "serial" });

/** A registry that serves these archives, with the routes that `npm exec` needs. */
async function startRegistry(archives: readonly string[]) {
  const server = http.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const files = new Map<string, Buffer>();
  const documents = new Map<string, object>();
  for (const archive of archives) {
    const content = await readFile(archive);
    const { stdout } = await execa("tar", ["-xzOf", archive, "package/package.json"]);
    const one = JSON.parse(stdout);
    const file = `/-/${path.basename(archive)}`;
    const integrity = `sha512-${createHash("sha512").update(content).digest("base64")}`;
    files.set(file, content);
    documents.set(`/${one.name}`, {
      ...{ name: one.name, "dist-tags": { latest: one.version } },
      versions: { [one.version]: { ...one, dist: { tarball: `${url}${file}`, integrity } } },
    });
  }
  server.on("request", ({ url: asked = "" }, response) => {
    const address = decodeURIComponent(asked);
    const document = documents.get(address);
    const body = files.get(address) ?? (document && JSON.stringify(document));
    response.writeHead(body ? 200 : 404, document && { "Content-Type": "application/json" });
    response.end(body ?? "{}");
  });
  return {
    url,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

let home: string;
let registry: Awaited<ReturnType<typeof startRegistry>>;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  home = await mkdtemp(path.join(tmpdir(), "absurd-npx-"));
  await chmod(home, 0o777);
  const server = await installPackage();
  const light = await installLight(["lib/absurd", "lib/model", "lib/highway"]);
  const packed = path.join(home, "archives");
  await execa("mkdir", [packed]);
  for (const name of Object.keys(manifest.dependencies))
    await execa("npm", [
      ...["pack", "--ignore-scripts", "--pack-destination", packed],
      path.resolve("node_modules", name),
    ]);
  const [own = ""] = (await readdir(light.folder)).filter((file) => file.endsWith(".tgz"));
  const others = (await readdir(packed)).map((file) => path.join(packed, file));
  registry = await startRegistry([server.archive, path.join(light.folder, own), ...others]);
  await Promise.all([server.remove(), light.remove()]);
});
test.afterAll(async () => {
  registry?.stop();
  await rm(home, { recursive: true, force: true });
});

function npx(args: string[], settings: Record<string, string> = {}) {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  return execa("npx", ["--yes", ...args], {
    ...{ cwd: home, extendEnv: false, reject: false, all: true, ...user },
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      npm_config_registry: registry.url,
      npm_config_update_notifier: "false",
      ...settings,
    },
  });
}

test("I type npx absurd-dashboard and the database's URL, and it serves until I stop it", async ({
  page,
}) => {
  test.setTimeout(180_000);
  const version = await npx(["absurd-dashboard", "--version"]);
  expect(version).toMatchObject({ exitCode: 0, stdout: manifest.version });
  const port = await getPort({ host: "127.0.0.1" });
  const server = npx(["absurd-dashboard", process.env.E2E_DATABASE_URL ?? ""], {
    PORT: String(port),
  });
  const respond = () =>
    page.request.get(`http://127.0.0.1:${port}/api/health/ready`).then(
      (response) => response.status(),
      () => 0,
    );
  await expect.poll(respond, { timeout: 60_000 }).toBe(200);
  await page.goto(`http://127.0.0.1:${port}/tasks`);
  await expect(page.getByRole("link", { name: "Queues", exact: true }).first()).toBeVisible();
  server.kill("SIGTERM");
  await server;
  // Nothing is left running.
  await expect.poll(respond, { timeout: 15_000 }).toBe(0);
});
