import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import {
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startEmbeddedPostgres } from "./embedded";
import { getLock, isAlive } from "./left-over";
import { removeCluster } from "./remove";

let directory: string;
const owners: ChildProcess[] = [];
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "absurd-life-"));
});
afterEach(async () => {
  for (const owner of owners.splice(0)) {
    if (owner.exitCode !== null || owner.signalCode !== null) continue;
    owner.stdin?.end();
    await once(owner, "exit");
  }
  await vi.waitUntil(async () => !(await getLock(dataDir())), { timeout: 20_000 });
  await rm(directory, { recursive: true, force: true });
});

const dataDir = () => path.join(directory, "pgdata");
const small = { fsync: "off", shared_buffers: "16MB" };

async function own(): Promise<{ owner: ChildProcess; url: string; host: number }> {
  const owner = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("testing/owner.ts", import.meta.url)), directory],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  owners.push(owner);
  const [line] = await once(createInterface({ input: owner.stdout }), "line");
  return { owner, ...JSON.parse(line) };
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

const serverPid = async () => (await getLock(dataDir()))?.pid ?? 0;

test("a second run finds the data of the first", async () => {
  const stages: string[] = [];
  const options = { directory, settings: small, onStage: (stage: string) => stages.push(stage) };
  const first = await startEmbeddedPostgres(options);
  await ask(first.url("postgres"), "create table kept as select 42 as answer");
  // Other users of the machine can see a process's arguments.
  const { password } = new URL(first.url("postgres"));
  const shown = await readFile(`/proc/${first.hostPid}/cmdline`, "utf8").catch(() => "");
  expect(password).not.toBe("");
  expect(shown).not.toContain(password);
  await first.stop();
  expect(existsSync(path.join(dataDir(), "postmaster.pid"))).toBe(false);
  const second = await startEmbeddedPostgres(options);
  expect(await ask(second.url("postgres"), "select answer from kept")).toBe(42);
  await second.stop();
  expect(stages).toEqual(["initialising", "starting", "ready", "starting", "ready"]);
});

test("the server ends when its owner is killed", async () => {
  const { owner, host } = await own();
  const server = await serverPid();
  owner.kill("SIGKILL");
  await vi.waitUntil(() => !isAlive(server) && !isAlive(host), { timeout: 15_000 });
});

test("a second owner is refused, and the first keeps running", async () => {
  const { url, host } = await own();
  await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({
    problem: "in-use",
    message: expect.stringContaining(`belongs to process ${host}`),
  });
  expect(await ask(url, "select 1")).toBe(1);
});

test("a server that lost its host is stopped, and its data can be served again", async () => {
  const { url, host } = await own();
  await ask(url, "create table kept as select 42 as answer");
  const orphan = await serverPid();
  process.kill(host, "SIGKILL");
  await vi.waitUntil(() => !isAlive(host));
  expect(isAlive(orphan)).toBe(true);
  const next = await own();
  expect(isAlive(orphan)).toBe(false);
  expect(await ask(next.url, "select answer from kept")).toBe(42);
});

test("a crash of the server itself is recovered from", async () => {
  const { owner, url, host } = await own();
  await ask(url, "create table kept as select 42 as answer");
  process.kill(host, "SIGKILL");
  process.kill(await serverPid(), "SIGKILL");
  owner.kill("SIGKILL");
  expect(existsSync(path.join(dataDir(), "postmaster.pid"))).toBe(true);
  const next = await own();
  expect(await ask(next.url, "select answer from kept")).toBe(42);
});

test("a stale lock whose process id was reused by another program does not block", async () => {
  const { owner } = await own();
  const lock = await readFile(path.join(dataDir(), "postmaster.pid"), "utf8");
  owner.stdin?.end();
  await once(owner, "exit");
  await writeFile(
    path.join(dataDir(), "postmaster.pid"),
    lock.replace(/^\d+/, String(process.pid)),
  );
  expect(await ask((await own()).url, "select 1")).toBe(1);
});

describe("a directory that can't be used is refused with the reason", () => {
  const problem = () =>
    startEmbeddedPostgres({ directory, settings: small }).then(
      async (server) => {
        await server.stop();
        return "none";
      },
      (error) => error.problem,
    );

  test("data of another major version", async () => {
    await mkdir(dataDir());
    await writeFile(path.join(dataDir(), "PG_VERSION"), "13\n");
    expect(await problem()).toBe("other-version");
  });

  test("files that are not a cluster", async () => {
    await mkdir(dataDir());
    await writeFile(path.join(dataDir(), "thesis.txt"), "precious");
    expect(await problem()).toBe("not-a-cluster");
    expect(await readFile(path.join(dataDir(), "thesis.txt"), "utf8")).toBe("precious");
  });

  test("a file where the directory should be", async () => {
    await rm(directory, { recursive: true });
    await writeFile(directory, "");
    expect(await problem()).toBe("not-a-cluster");
  });

  test.runIf(process.platform === "linux")("a location where nothing can be created", async () => {
    directory = "/proc/absurd/demo";
    expect(await problem()).toBe("no-permission");
  });

  test("a cluster whose password was lost", async () => {
    const { owner } = await own();
    owner.stdin?.end();
    await once(owner, "exit");
    await writeFile(path.join(directory, "password"), "wrong");
    expect(await problem()).toBe("not-a-cluster");
  });
});

test("a port in use is an error that names it", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  await expect(startEmbeddedPostgres({ directory, port, settings: small })).rejects.toThrow(
    `Port ${port} is in use`,
  );
  other.close();
});

test.runIf(process.getuid?.() === 0)(
  "root's server works from a directory that other users can't enter",
  async () => {
    const closed = path.join(directory, "closed");
    await mkdir(closed, { mode: 0o700 });
    const inner = path.join(closed, "data");
    const notices: string[] = [];
    const server = await startEmbeddedPostgres({
      directory: inner,
      settings: small,
      onStage: (stage) => notices.push(stage),
    });
    expect(await ask(server.url("postgres"), "select 1")).toBe(1);
    await server.stop();
    const home = path.dirname(await realpath(path.join(inner, "pgdata")));
    expect(notices[0]).toContain(home);
    await rm(home, { recursive: true });
  },
);

test.runIf(process.getuid?.() === 0)(
  "existing data keeps its owner as the server's user",
  async () => {
    await mkdir(dataDir());
    const { stdout } = await promisify(execFile)("id", ["-u", "nobody"]);
    await chown(dataDir(), Number(stdout), 0);
    const { url } = await own();
    expect(await ask(url, "select 1")).toBe(1);
    expect((await stat(path.join(dataDir(), "PG_VERSION"))).uid).toBe(Number(stdout));
  },
);

test("removing a cluster keeps other files, and refuses a directory without one", async () => {
  const { owner } = await own();
  await expect(removeCluster(directory)).rejects.toMatchObject({ problem: "in-use" });
  owner.stdin?.end();
  await once(owner, "exit");
  await writeFile(path.join(directory, "thesis.txt"), "precious");
  await removeCluster(directory);
  expect(await readdir(directory)).toEqual(["thesis.txt"]);
  await mkdir(dataDir());
  await writeFile(path.join(dataDir(), "thesis.txt"), "precious");
  await expect(removeCluster(directory)).rejects.toMatchObject({ problem: "not-a-cluster" });
});
