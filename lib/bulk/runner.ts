import { setTimeout } from "node:timers/promises";
import { createOutageLog } from "@/lib/db/connection/outage-log";
import { getDatabase, listDatabases, runOn } from "@/lib/db/databases";
import { getWritePool } from "@/lib/db/pools";
import { runAs, UNRESTRICTED } from "@/lib/db/viewer";
import { isBulkInstalled } from "./job";
import { workThrough } from "./work";

/** How often to look for operations that another process left open, in milliseconds. */
const POLL_MS = 10_000;

type Runner = { wake: () => void; stop: () => Promise<void> };

// Start-up code, pages and actions are separate bundles; a global symbol gives the process one runner per
// database, by its name.
const KEY = Symbol.for("absurd-dashboard.bulk-runner");
const shared = globalThis as { [KEY]?: Map<string, Runner> };
shared[KEY] ??= new Map();
const runners = shared[KEY];

/**
 * Starts the background runners of bulk operations in this process, one per database, once. Each continues every
 * open operation in its database, including those of a process that crashed; runners of several processes take
 * turns. Never throws: without the database, or without the dashboard's tables, it tries again later.
 */
export function startBulkRunner(): void {
  for (const database of listDatabases())
    if (!runners.has(database.name)) runners.set(database.name, runOn(database, run));
}

/** Wakes the runner of the current database, for example after an operation was stored. */
export function wakeBulkRunner(): void {
  runners.get(getDatabase().name)?.wake();
}

/** Stops the runners after their current tasks. */
export async function stopBulkRunner(): Promise<void> {
  const running = [...runners.values()];
  runners.clear();
  await Promise.all(running.map((runner) => runner.stop()));
}

function run(): Runner {
  // One line when the runner stops working and one when it works again, instead of one for each try.
  const { name } = getDatabase();
  const outage = createOutageLog(`bulk operations${name === "default" ? "" : ` of ${name}`}`);
  const stopped = new AbortController();
  let wake = () => {};
  const loop = async () => {
    while (!stopped.signal.aborted) {
      // Created before the poll, so that a call during it is not missed.
      const woken = new AbortController();
      wake = () => woken.abort();
      const delay = await poll(stopped.signal, outage);
      const signal = AbortSignal.any([woken.signal, stopped.signal]);
      await setTimeout(delay, undefined, { signal }).catch(() => undefined);
    }
  };
  const ended = runAs(UNRESTRICTED, loop);
  return {
    wake: () => wake(),
    stop: async () => {
      stopped.abort();
      await ended;
    },
  };
}

/** Works through all open operations. Returns the delay before the next poll, in milliseconds. */
async function poll(
  stop: AbortSignal,
  outage: ReturnType<typeof createOutageLog>,
): Promise<number> {
  try {
    const pool = getWritePool();
    if (await isBulkInstalled(pool)) await workThrough(pool, stop);
    outage.recovered();
    return POLL_MS;
  } catch (error) {
    return outage.failed(error);
  }
}
