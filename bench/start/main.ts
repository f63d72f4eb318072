/**
 * `npm run bench:start`: installs the packed dashboard (`next build` first), and measures how long it takes from the
 * start of its process to the first response, and its memory: after the start, when idle, after every page was opened,
 * and when idle again. Exits with 1 if a limit is exceeded.
 */
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Absurd } from "absurd-sdk";
import { Pool } from "pg";
import { ROUTES } from "@/bench/first-load/routes";
import globalSetup from "@/e2e/support/global-setup";
import { installPackage } from "@/e2e/support/package";
import { setScene } from "@/e2e/support/scene";
import { createQueue } from "@/lib/absurd/queues/queues";

/** Milliseconds, and megabytes. */
const LIMITS = { start: 2_000, idle: 130, idleAfterPages: 135 };
const STARTS = 5;

/**
 * Longer than an idle period and the eight seconds until V8 returns memory, and for the second the pause between two
 * collections; in milliseconds. See `server/serve.ts`.
 */
const IDLE_MS = 25_000;
const IDLE_AFTER_PAGES_MS = 80_000;

const QUEUE = "start";

const stop = await globalSetup();
const installed = await installPackage();
const databaseUrl = process.env.E2E_DATABASE_URL ?? "";
const pool = new Pool({ connectionString: databaseUrl });
const results: [name: string, value: number, unit: string, limit?: number][] = [];
try {
  await createQueue(pool, QUEUE);
  const app = new Absurd({ db: pool, queueName: QUEUE });
  const startWorker = () => app.startWorker();
  const scene = await setScene({ queue: QUEUE, app, pool, startWorker, taskUrl: String });
  const settings = { DATABASE_URL: databaseUrl };
  const starts: number[] = [];
  for (let turn = 0; turn < STARTS; turn++) {
    const server = await installed.serve(settings);
    starts.push(server.startedIn);
    await server.stop();
  }
  starts.sort((a, b) => a - b);
  results.push(["start, median", starts[STARTS >> 1] ?? 0, "ms", LIMITS.start]);
  results.push(["start, slowest", starts.at(-1) ?? 0, "ms", LIMITS.start]);

  const server = await installed.serve(settings);
  results.push(["memory after the start", residentMegabytes(server.pid), "MB"]);
  await setTimeout(IDLE_MS);
  results.push(["memory when idle", residentMegabytes(server.pid), "MB", LIMITS.idle]);
  for (const route of Object.values(ROUTES)) {
    const response = await fetch(`${server.url}${route(QUEUE, scene)}`);
    await response.text();
    if (!response.ok) throw new Error(`${response.url} responded with ${response.status}.`);
  }
  results.push(["memory after every page", residentMegabytes(server.pid), "MB"]);
  await setTimeout(IDLE_AFTER_PAGES_MS);
  const rest = residentMegabytes(server.pid);
  results.push(["memory when idle after every page", rest, "MB", LIMITS.idleAfterPages]);
  await server.stop();
} finally {
  await pool.end();
  await installed.remove();
  await stop();
}

console.log("| | measured | limit |\n| --- | ---: | ---: |");
for (const [name, value, unit, limit] of results) {
  const exceeds = limit !== undefined && value > limit;
  if (exceeds) process.exitCode = 1;
  const allowed = limit === undefined ? "" : `${limit} ${unit}${exceeds ? " EXCEEDED" : ""}`;
  console.log(`| ${name} | ${Math.round(value)} ${unit} | ${allowed} |`);
}

/** The resident memory of a process, in units of 10^6 bytes. */
function residentMegabytes(pid: number): number {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return (Number(kibibytes) * 1_024) / 1e6;
}
