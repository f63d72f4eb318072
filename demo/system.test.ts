import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { getLock, isAlive } from "@/demo/postgres/left-over";
import { queueTable } from "@/lib/absurd/connection/sql";
import { FLEET } from "./fleet";
import { ORDERS } from "./queues";
import { descendantsOf } from "./testing/processes";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "absurd-demo-"));
});
afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

type Demo = { process: ChildProcess; output: () => string; pids: () => number[] };

function startDemo(): Demo {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("testing/system.ts", import.meta.url)), dataDir],
    { stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      text += chunk;
    });
  return { process: child, output: () => text, pids: () => descendantsOf(child.pid ?? 0) };
}

async function untilUp(demo: Demo): Promise<string> {
  await vi.waitUntil(() => demo.output().includes("\nup ") || demo.process.exitCode !== null, {
    timeout: 60_000,
    interval: 100,
  });
  const url = /^up (\S+)$/m.exec(demo.output())?.[1];
  if (!url) throw new Error(demo.output());
  return url;
}

async function end(demo: Demo, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(demo.process, "exit");
  demo.process.kill(signal);
  return (await ended)[0];
}

const untilGone = (pids: number[]) =>
  vi.waitUntil(() => !pids.some(isAlive), { timeout: 20_000, interval: 100 });

async function countOrders(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`select count(*)::int as n from ${queueTable("t", ORDERS)}`);
  await client.end();
  return rows[0].n;
}

test("an interrupted start leaves nothing running and does not block the next one", async () => {
  const demo = startDemo();
  await vi.waitUntil(() => demo.output().includes("creating the database"), { timeout: 20_000 });
  const pids = demo.pids();
  expect(await end(demo, "SIGINT")).toBe(130);
  await untilGone(pids);
});

test("killing the demo ends its workers and its database too", async () => {
  const demo = startDemo();
  const url = await untilUp(demo);
  expect(await countOrders(url)).toBeGreaterThan(1_000);

  const second = startDemo();
  await once(second.process, "exit");
  expect(second.process.exitCode).toBe(1);
  expect(second.output()).toMatch(/is in use: .* belongs to process \d+/);
  expect(second.output()).toContain("Stop the other demo first");

  const pids = demo.pids();
  // The database's host, the server with its processes, the traffic and the workers.
  expect(pids.length).toBeGreaterThan(FLEET.length + 3);
  expect(pids.every(isAlive)).toBe(true);
  await end(demo, "SIGKILL");
  await untilGone(pids);
  expect(await getLock(path.join(dataDir, "pgdata"))).toBeUndefined();
});

test("the next run resumes with the same data, and SIGTERM stops everything cleanly", async () => {
  const demo = startDemo();
  const url = await untilUp(demo);
  expect(demo.output()).toContain("found it, work resumes");
  const before = await countOrders(url);
  await vi.waitUntil(async () => (await countOrders(url)) > before, {
    timeout: 30_000,
    interval: 500,
  });
  const pids = demo.pids();
  expect(await end(demo, "SIGTERM")).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
});
