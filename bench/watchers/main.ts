/**
 * `npm run bench:watchers [-- --watchers 1000]`: the cost of many open lists of tasks while tasks are spawned all the
 * time, with real HTTP requests and event streams to the packed and installed dashboard on its own server. Exits with 1 if they cost the
 * database more than 1.2 times as much as one, a list takes more than 100 ms (p95), the server needs more than 300 MB,
 * or a watcher misses a task.
 */
import { setMaxListeners } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { Agent } from "node:http";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { Client } from "pg";
import { quantile } from "@/bench/engine/measure";
import { INTERVAL, Watcher } from "@/bench/watchers/watcher";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { type Installed, installPackage } from "@/e2e/support/package";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { migrate } from "@/lib/db/migrate";
import { build, isBuilt } from "@/server/build";

const LIMITS = { sharing: 1.2, p95: 100, megabytes: 300 };
const QUEUE = "orders";
const PER_SECOND = 20;
const SECONDS = 60;
/** Watchers that are opened per second. */
const OPENED = 100;

const { watchers: many } = new Command("npm run bench:watchers --")
  .option("--watchers <number>", "how many lists are open", Number, 1_000)
  .parse()
  .opts<{ watchers: number }>();

type Figures = {
  watchers: number;
  statements: number;
  requests: number;
  p50: number;
  p95: number;
  megabytes: number;
  /** Processor time of the server, as a share of one processor. */
  cpu: number;
  oldest: number;
  failed: number;
  missed: number;
};

const directory = path.resolve(".cache/bench-watchers");
await rm(directory, { recursive: true, force: true });
const server = await startEmbeddedPostgres({
  directory,
  settings: { log_line_prefix: "%a: ", log_statement: "all" },
});
const databaseUrl = server.url("postgres");
const client = new Client({ connectionString: databaseUrl });
await client.connect();
let installed: Installed | undefined;

try {
  await migrate(client, "engine");
  await migrate(client, "dashboard");
  await createQueue(client, QUEUE);
  for (let n = 0; n < 100; n++) await spawnTask(client, QUEUE, "ship", { n });
  if (!(await isBuilt())) await build({ databaseUrl, signal: new AbortController().signal });
  installed = await installPackage();

  console.log(
    "\n| open lists | statements a minute | requests a minute | list p50 ms | p95 | server MB | CPU % | oldest list s | failed | missed |",
  );
  console.log("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
  const one = await watch(installed, 1);
  const all = await watch(installed, many);
  if (all.statements > one.statements * LIMITS.sharing || all.p95 > LIMITS.p95)
    process.exitCode = 1;
  if (all.megabytes > LIMITS.megabytes || all.failed > 0 || all.missed > 0) process.exitCode = 1;
} finally {
  await installed?.remove();
  await client.end();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

/** A server of its own for each number of watchers, so that memory is theirs. */
async function watch(dashboard: Installed, count: number): Promise<Figures> {
  const web = await dashboard.serve({ DATABASE_URL: databaseUrl });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  // Each browser keeps a connection of its own.
  const agent = new Agent({ keepAlive: true, maxSockets: count, maxFreeSockets: count });
  const watchers = Array.from({ length: count }, () => new Watcher(web.url, agent));
  try {
    for (let n = 0; n < count; n += OPENED) {
      await Promise.all(watchers.slice(n, n + OPENED).map((one) => one.open(stop.signal)));
      if (count > 1) await pause(1_000);
    }
    await pause(2 * INTERVAL);
    for (const watcher of watchers) watcher.latencies.length = 0;
    const before = await countStatements();
    const cpuBefore = await readCpu(web.pid);
    const started = performance.now();
    let [megabytes, oldest] = [0, 0];
    for (let n = 1; n <= SECONDS * PER_SECOND; n++) {
      await spawnTask(client, QUEUE, "ship", { n });
      if (n % PER_SECOND === 0) {
        megabytes = Math.max(megabytes, await readMegabytes(web.pid));
        const now = performance.now();
        // Until the first change reached all lists, they are as old as the page.
        if (now > started + 2 * INTERVAL)
          for (const { readAt } of watchers) oldest = Math.max(oldest, now - readAt);
      }
      await pause(Math.max(0, started + (n * 1_000) / PER_SECOND - performance.now()));
    }
    const cpu = (await readCpu(web.pid)) - cpuBefore;
    const statements = (await countStatements()) - before;
    const latencies = watchers.flatMap((watcher) => watcher.latencies);
    // Nothing changes any more: every list must soon show the last task.
    const { taskId } = await spawnTask(client, QUEUE, "ship", { last: true });
    const until = performance.now() + 4 * INTERVAL;
    const countMissed = () => watchers.filter(({ newest }) => !newest.has(taskId)).length;
    while (countMissed() > 0 && performance.now() < until) await pause(250);
    const figures = {
      watchers: count,
      statements: (statements * 60) / SECONDS,
      requests: 2 * latencies.length,
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      megabytes,
      cpu: cpu / SECONDS,
      oldest,
      failed: watchers.reduce((sum, { failed }) => sum + failed, 0),
      missed: countMissed(),
    };
    console.log(
      `| ${count} | ${figures.statements} | ${figures.requests} | ${figures.p50.toFixed(0)} | ${figures.p95.toFixed(0)} | ${megabytes.toFixed(0)} | ${(figures.cpu * 100).toFixed(0)} | ${(oldest / 1_000).toFixed(1)} | ${figures.failed} | ${figures.missed} |`,
    );
    return figures;
  } finally {
    stop.abort();
    agent.destroy();
    await web.stop();
  }
}

/** The dashboard's statements so far, from the server's log. */
async function countStatements(): Promise<number> {
  const log = await readFile(server.logFile, "utf8");
  return log.match(/^absurd-dashboard reader: LOG: {2}(statement|execute)/gm)?.length ?? 0;
}

/** Resident memory of a process; Linux only. */
async function readMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}

/** Seconds of processor time of a process; Linux only. */
async function readCpu(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // User and system time, in ticks of 10 ms. The name in brackets before them may contain spaces.
  const [user, system] = (stat.split(") ").at(-1) ?? "").split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}
