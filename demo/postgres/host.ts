/**
 * Owns one embedded PostgreSQL server on behalf of another process. It runs in its own process group, so that Ctrl-C in
 * a terminal only reaches the owner, and stops the server as soon as its standard input closes, so that even a killed
 * owner leaves no server behind.
 */
import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import { ensureCluster, startServer, stopServer, untilAccepting } from "./cluster";
import type { HostOptions, HostReport } from "./embedded";
import { explain } from "./errors";
import { clearLeftOver, getLock } from "./left-over";
import { findPlace } from "./place";

const options = JSON.parse(process.argv[2] ?? "{}") as HostOptions;
const aborted = new AbortController();
let server: ChildProcess | undefined;
let session: Client | undefined;

// A killed owner no longer receives reports.
process.stdout.on("error", () => {});
const report = (message: HostReport) => process.stdout.write(`${JSON.stringify(message)}\n`);

let stopping: Promise<void> | undefined;
function stop(): Promise<void> {
  stopping ??= (async () => {
    aborted.abort();
    await session?.end().catch(() => {});
    if (server) await stopServer(server);
    process.exit(0);
  })();
  return stopping;
}
process.stdin.on("end", stop).on("close", stop).on("error", stop).resume();
process.on("SIGTERM", stop).on("SIGINT", stop);

try {
  await start();
} catch (error) {
  if (!stopping) {
    const { problem, message } = await explain(error, options.directory, options.logFile);
    report({ stage: "failed", problem, message });
    if (server) await stopServer(server);
    process.exit(1);
  }
}

async function start(): Promise<void> {
  const { directory, logFile, port, settings } = options;
  const password = (await readFile(path.join(directory, "password"), "utf8")).trim();
  const place = await findPlace(options.directory);
  if (place.notice) report({ stage: "notice", message: place.notice });
  await clearLeftOver(place.dataDir, password);
  const crashed = (await getLock(place.dataDir)) !== undefined;
  await ensureCluster(place, {
    password,
    logFile,
    signal: aborted.signal,
    onCreate: () => report({ stage: "initialising" }),
  });
  report({ stage: "starting" });
  for (let attempt = 1; !session; attempt++) {
    aborted.signal.throwIfAborted();
    server = await startServer(place, { port, settings, logFile });
    session = await untilAccepting(server, { port, password }).catch(async (error) => {
      // Processes of a killed server can hold its shared memory a moment longer.
      if (!crashed || attempt === 3 || server?.exitCode === null) throw error;
      await pause(1_000);
      return undefined;
    });
  }
  server?.once("exit", (code) => {
    if (stopping) return;
    report({ stage: "failed", problem: "unknown", message: `PostgreSQL ended with code ${code}` });
    process.exit(1);
  });
  report({ stage: "ready" });
}
