import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Child, startChild } from "@/server/child";
import { nodeArguments, type PROGRAMS } from "@/server/program";
import { AGENTS, BILLING, MEDIA, ORDERS, WORKFLOWS } from "./queues";

/** A worker process: its name, queue and settings. */
export type FleetMember = {
  name: string;
  queue: string;
  concurrency: number;
  leaseSeconds: number;
  /** Seconds between polls while there is nothing to do. */
  pollSeconds: number;
};

const member = (name: string, queue: string, concurrency: number, leaseSeconds: number) => ({
  name,
  queue,
  concurrency,
  leaseSeconds,
  pollSeconds: 1,
});

/** The worker processes of the demo. */
export const FLEET: FleetMember[] = [
  member("orders-1", ORDERS, 8, 60),
  member("orders-2", ORDERS, 8, 60),
  member("billing-1", BILLING, 10, 60),
  member("agents-1", AGENTS, 6, 60),
  // Few slots and a short lease: previews queue up here, and this process dies from time to time.
  member("media-1", MEDIA, 2, 20),
  member("workflows-1", WORKFLOWS, 6, 60),
];

/** Seconds until a process that died is replaced. */
const RESTART_SECONDS = 4;

/**
 * Starts workers and traffic, and replaces each process that dies until `stop` is called. `stop` ends the traffic
 * first, then the workers.
 */
export async function startFleet(options: {
  databaseUrl: string;
  logFile: string;
  members?: FleetMember[];
  withTraffic?: boolean;
}): Promise<{ pids: () => number[]; stop: () => Promise<void> }> {
  const { databaseUrl, logFile, members = FLEET, withTraffic = true } = options;
  const run = (name: string, program: (typeof PROGRAMS)[number], ...args: string[]) =>
    keepRunning(name, logFile, () =>
      startChild({
        args: [...nodeArguments(program), ...args],
        env: { DATABASE_URL: databaseUrl },
        logFile,
      }),
    );
  const workers = await Promise.all(
    members.map((settings) => run(settings.name, "demo/worker.ts", JSON.stringify(settings))),
  );
  const traffic = withTraffic ? [await run("traffic", "demo/traffic.ts")] : [];
  return {
    pids: () => [...workers, ...traffic].map(({ pid }) => pid()),
    stop: async () => {
      await Promise.all(traffic.map((process) => process.stop()));
      await Promise.all(workers.map((process) => process.stop()));
    },
  };
}

type Kept = { pid: () => number; stop: () => Promise<void> };

async function keepRunning(
  name: string,
  logFile: string,
  start: () => Promise<Child>,
): Promise<Kept> {
  const stopping = new AbortController();
  let child = await start();
  const life = (async () => {
    for (;;) {
      const how = await child.ended;
      if (stopping.signal.aborted) return;
      appendFileSync(logFile, `${name} ended (${how}); a new process takes over\n`);
      await pause(RESTART_SECONDS * 1000, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      child = await start();
    }
  })();
  return {
    pid: () => child.pid,
    stop: async () => {
      stopping.abort();
      await child.stop();
      await life;
    },
  };
}
