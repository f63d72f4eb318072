/** A real nginx names the person in a header, and clients send the same headers themselves. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { ensureProgram } from "../../testing/installed/debian";
import { type Dashboard, startDashboard } from "../support/dashboard";
import { expect, test } from "../support/fixtures";

test.describe.configure({ mode: "default" });

/** The address from which nginx connects; clients that bypass it connect from 127.0.0.1. */
const NGINX = "127.0.0.2";

let dashboard: Dashboard;
let folder: string;
let port: number;
let stopNginx: () => Promise<void>;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  const nginx = await ensureProgram("nginx", "nginx-light");
  dashboard = await startDashboard({
    DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
    DASHBOARD_PROXY_FROM: NGINX,
    DASHBOARD_PROXY_USER_HEADER: "X-User",
    DASHBOARD_PROXY_GROUPS_HEADER: "X-Groups",
    DASHBOARD_PROXY_ROLES: "admin=groups:ops,viewer=groups:dev",
    DASHBOARD_ALLOWED_HOSTS: "ops.example",
  });
  folder = await mkdtemp(path.join(tmpdir(), "absurd-forged-"));
  port = await getPort({ host: "127.0.0.1" });
  const at = (name: string) => path.join(folder, name);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${at(name)};`)
    .join(" ");
  const forward = `proxy_pass ${dashboard.url}; proxy_bind ${NGINX}; proxy_http_version 1.1;
    proxy_set_header Host $http_host; proxy_set_header Connection "";
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;`;
  const server = (name: string, naming: string) =>
    `server { listen 127.0.0.1:${port}; server_name ${name}; merge_slashes off;
       underscores_in_headers on; location / { ${forward} ${naming} } }`;
  await writeFile(
    at("nginx.conf"),
    `daemon off; pid ${at("nginx.pid")}; error_log stderr;
     events {}
     http {
       access_log off; ${temporary}
       ${server("ops.example", 'proxy_set_header X-User "ada"; proxy_set_header X-Groups "dev";')}
       ${server("localhost", 'proxy_set_header X-User ""; proxy_set_header X-Groups "";')}
     }`,
  );
  const child = execa(nginx, ["-c", at("nginx.conf"), "-p", folder], { reject: false, all: true });
  stopNginx = async () => {
    child.kill("SIGTERM");
    await child;
  };
  await expect
    .poll(() => send("GET /api/health/live", "ops.example").catch(() => ""), { timeout: 30_000 })
    .toMatch(/^HTTP\/1.1 200/);
});

test.afterAll(async () => {
  await stopNginx();
  await dashboard.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Sends raw lines to nginx or past it; returns the response up to the end of the connection. */
function send(line: string, host: string, lines: string[] = [], to = port): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(to, "127.0.0.1");
    let back = "";
    socket.setTimeout(30_000, () => socket.destroy());
    socket.on("data", (part) => {
      back += part;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(back));
    const head = [`${line} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...lines];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
  });
}

const around = (line: string, lines: string[]) => {
  const { host, port: own } = new URL(dashboard.url);
  return send(line, host, lines, Number(own));
};

/** Headers of a client that tries to impersonate someone. */
const FORGERIES: string[][] = [
  ["X-User: root", "X-Groups: ops"],
  ["x-groups: ops"],
  ["X_User: root", "X_Groups: ops"],
  ["X-Groups : ops"],
  ["X-Groups:\tops", "X-Groups: ops"],
  ["X-User: ada, root", "X-Groups: dev,ops"],
  ["X-Absurd-Dashboard-Peer: 127.0.0.2", "X-Groups: ops"],
  ["X-Absurd-Dashboard-Peer:  127.0.0.2", "X-User: root", "X-Groups: ops"],
  ["X-Forwarded-For: 127.0.0.2", "X-User: root", "X-Groups: ops"],
  ["Forwarded: for=127.0.0.2", "X-Real-IP: 127.0.0.2", "X-User: root", "X-Groups: ops"],
  ["X-Middleware-Subrequest: proxy:proxy:proxy:proxy:proxy", "X-User: root", "X-Groups: ops"],
  ["X-Middleware-Subrequest: middleware", "X-Proxy-Secret: "],
  ["Connection: X-User, X-Groups"],
  ["Authorization: Bearer adb_000000000000_x", "X-User: root"],
];

test("Through nginx, the person is the one that nginx names, whatever the client sends", async () => {
  for (const lines of FORGERIES) {
    const back = await send("GET /api/access", "ops.example", lines);
    const status = Number(back.slice(9, 12));
    // Either refused by nginx or the dashboard, or accepted as the person that nginx names.
    if (status === 200) {
      expect(back, lines.join()).toContain('"name":"ada"');
      expect(back, lines.join()).toContain('"role":"viewer"');
      expect(back, lines.join()).not.toContain('"role":"admin"');
    } else expect([400, 401], lines.join()).toContain(status);
  }
  expect(await send("GET /api/access", "ops.example")).toContain('"role":"viewer"');
});

test("Without a name from nginx, or bypassing it, nobody is signed in", async () => {
  for (const lines of FORGERIES) {
    const api = await send("GET /api/access", `localhost:${port}`, lines);
    expect(api.slice(9, 12), lines.join()).toMatch(/^40[01]$/);
    const direct = await around("GET /api/access", lines);
    expect(direct.slice(9, 12), lines.join()).toMatch(/^40[01]$/);
    const page = await around("GET /queues", lines);
    expect(page.slice(9, 12), lines.join()).toMatch(/^(307|400)$/);
  }
});

test("The audit log has the address that nginx saw, not one sent by the client", async ({
  work,
}) => {
  const path = `/api/audit/export?operator=${work.queue}`;
  for (const chain of ["203.0.113.7", "127.0.0.2, 203.0.113.7", "::1, 127.0.0.2, 127.0.0.2"]) {
    const back = await send(`GET ${path}`, "ops.example", [`X-Forwarded-For: ${chain}`]);
    expect(back.slice(9, 12)).toBe("403");
  }
  const { rows } = await work.pool.query(
    `select distinct address from absurd_dashboard.audit_entry
      where action = 'export audit log' and outcome = 'refused' and subject = 'ada' and door = 'proxy'`,
  );
  expect(rows).toEqual([{ address: "127.0.0.1" }]);
});

test("A path that starts with another host's name doesn't redirect there", async () => {
  for (const target of [
    "//evil.example/queues",
    "/\\evil.example",
    "/.//evil.example",
    "/%2f%2fevil.example",
    "/sign-in/..//evil.example",
    "http://evil.example/queues",
  ])
    for (const back of [
      await send(`GET ${target}`, `localhost:${port}`),
      await around(`GET ${target}`, []),
    ]) {
      const location = /^location: (.*)\r$/im.exec(back)?.[1] ?? "/";
      expect(new URL(location, "http://localhost").hostname, `${target} ${location}`).toMatch(
        /^(localhost|127\.0\.0\.1)$/,
      );
    }
});

test("A request with an ambiguous length is refused", async () => {
  for (const lines of [
    ["Content-Length: 5", "Transfer-Encoding: chunked"],
    ["Content-Length: 5", "Content-Length: 6"],
    ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
    ["Transfer-Encoding: xchunked", "Content-Length: 3"],
  ]) {
    const back = await around("POST /queues", lines);
    expect(back.slice(9, 12), lines.join()).toMatch(/^4/);
    expect(await send("POST /queues", `localhost:${port}`, lines)).toMatch(/^HTTP\/1.1 [45]/);
  }
});
