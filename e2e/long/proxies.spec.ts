/** The packed dashboard at a path behind nginx with TLS, on a database behind PgBouncer in transaction mode. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { spawnTask } from "../../lib/absurd/tasks/spawn";
import { ensureProgram } from "../../testing/installed/debian";
import { expect, test } from "../support/fixtures";
import { type Installed, installPackage } from "../support/package";

const TOKEN = "correct-horse-battery-staple";
const BASE_PATH = "/ops/absurd";

test.use({ ignoreHTTPSErrors: true });

let installed: Installed;
let folder: string;
const running: { kill: (signal: "SIGTERM") => boolean; ended: Promise<unknown> }[] = [];

test.beforeAll(async () => {
  test.setTimeout(300_000);
  installed = await installPackage();
  folder = await mkdtemp(path.join(tmpdir(), "absurd-proxies-"));
});
test.afterAll(async () => {
  for (const child of running) child.kill("SIGTERM");
  await Promise.all(running.map(({ ended }) => ended));
  await installed.remove();
  await rm(folder, { recursive: true, force: true });
});

function start(command: string, args: string[], options: object = {}): void {
  const child = execa(command, args, { reject: false, ...options });
  running.push({ kill: (signal) => child.kill(signal), ended: child });
}

async function startPgBouncer(databaseUrl: string): Promise<string> {
  const pgbouncer = await ensureProgram("pgbouncer");
  const url = new URL(databaseUrl);
  const port = await getPort();
  const users = path.join(folder, "userlist.txt");
  await writeFile(users, `"${url.username}" "${url.password}"\n`);
  const example = await readFile("deploy/pgbouncer/pgbouncer.ini", "utf8");
  const file = path.join(folder, "pgbouncer.ini");
  await writeFile(
    file,
    example
      .replace(
        /^app = .*$/m,
        `app = host=127.0.0.1 port=${url.port} dbname=${url.pathname.slice(1)}`,
      )
      .replace(/^listen_port = .*$/m, `listen_port = ${port}`)
      .replace(/^auth_file = .*$/m, `auth_file = ${users}\nunix_socket_dir =`)
      .replace(/^auth_type = .*$/m, "auth_type = plain"),
  );
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  await execa("chmod", ["-R", "a+rX", folder]);
  start(pgbouncer, [file], user);
  url.port = String(port);
  url.pathname = "/app";
  return url.href;
}

async function startNginx(target: string): Promise<string> {
  const nginx = await ensureProgram("nginx", "nginx-light");
  const port = await getPort();
  const at = (name: string) => path.join(folder, name);
  await execa("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"],
    ...["-keyout", at("key.pem"), "-out", at("cert.pem")],
  ]);
  const location = await readFile("deploy/nginx/absurd-dashboard.conf", "utf8");
  await writeFile(at("location.conf"), location.replace("http://127.0.0.1:3000", target));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${at(name)};`)
    .join(" ");
  await writeFile(
    at("nginx.conf"),
    `daemon off; pid ${at("nginx.pid")}; error_log stderr;
     events {}
     http {
       access_log off; ${temporary}
       server {
         listen 127.0.0.1:${port} ssl;
         ssl_certificate ${at("cert.pem")}; ssl_certificate_key ${at("key.pem")};
         include ${at("location.conf")};
       }
     }`,
  );
  start(nginx, ["-c", at("nginx.conf"), "-p", folder]);
  return `https://localhost:${port}${BASE_PATH}`;
}

test("Behind nginx and PgBouncer, I sign in over TLS, see live data, act and export", async ({
  page,
  work,
}) => {
  test.setTimeout(180_000);
  const databaseUrl = await startPgBouncer(process.env.E2E_DATABASE_URL ?? "");
  const server = await installed.serve({
    DATABASE_URL: databaseUrl,
    DASHBOARD_TOKEN: TOKEN,
    BASE_PATH,
  });
  const url = await startNginx(new URL(server.url).origin);
  const broken: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400) broken.push(`${response.status()} ${response.url()}`);
  });
  try {
    await expect
      .poll(() =>
        page.request.get(`${url}/api/health/ready`).then(
          (one) => one.status(),
          () => 0,
        ),
      )
      .toBe(200);
    await page.goto(`${url}/queues/${work.queue}/tasks`);
    await page.getByLabel(/token/i).fill(TOKEN);
    await page.getByRole("button", { name: /sign in/i }).click();
    await expect(page).toHaveURL(`${url}/queues/${work.queue}/tasks`);
    const [cookie] = (await page.context().cookies()).filter(({ httpOnly }) => httpOnly);
    expect(cookie).toMatchObject({ secure: true, name: expect.stringMatching(/^__Host-/) });
    const { taskId } = await spawnTask(work.pool, work.queue, "ship-order", { order: 1 });
    await page
      .getByRole("link", { name: /ship-order/ })
      .first()
      .click();
    await expect(page).toHaveURL(`${url}/queues/${work.queue}/tasks/${taskId}`);
    await page
      .getByRole("button", { name: /^Cancel/ })
      .first()
      .click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Cancel task/ })
      .click();
    await expect(page.getByText(/Task cancelled/).first()).toBeVisible();
    const csv = await page.request.get(`${url}/api/tasks/export?queue=${work.queue}&format=csv`);
    expect(await csv.text()).toContain(taskId);
    expect(broken).toEqual([]);
    const { stdout } = await installed.run(["doctor", "--json", databaseUrl]);
    const pooler = JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === "pooler");
    expect(pooler).toMatchObject({
      verdict: "ok",
      message: "A pooler in transaction mode is in between; everything works through it.",
    });
  } finally {
    expect(await server.stop()).toBe(0);
  }
});
