import { getWritePool } from "@/lib/db/pools";
import { isBulkInstalled, listOpenJobs } from "./job";
import { asOnlyRunner } from "./session";
import { workThrough } from "./work";

/** How often operations of other processes, left behind by a crash, are looked for, in milliseconds. */
const POLL = 10_000;

/** How soon it is tried again while another runner has the lock or the database is away, in milliseconds. */
const AGAIN = 1_000;

type Runner = { wake: () => void; stop: () => Promise<void> };

// Start-up code, pages and actions are bundled apart: the process has one runner.
const KEY = Symbol.for("absurd-dashboard.bulk-runner");
const shared = globalThis as { [KEY]?: Runner };

/**
 * Starts the background runner of bulk operations in this process, once. It takes up whatever is open in the database,
 * also what another process left when it died. It never throws: without a database, or without the dashboard's tables,
 * it looks again later.
 */
export function startBulkRunner(): void {
  shared[KEY] ??= run();
}

/** Lets the runner look now, as after an operation was written down. */
export function wakeBulkRunner(): void {
  shared[KEY]?.wake();
}

/** Ends the runner after the task it is at. */
export async function stopBulkRunner(): Promise<void> {
  const runner = shared[KEY];
  delete shared[KEY];
  await runner?.stop();
}

function run(): Runner {
  const stopped = new AbortController();
  let wake = () => {};
  const loop = async () => {
    while (!stopped.signal.aborted) {
      // Created before the look, so that a call during it is not missed.
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const pause = await look(stopped.signal);
      await Promise.race([woken, sleep(pause, stopped.signal)]);
    }
  };
  const ended = loop();
  return {
    wake: () => wake(),
    stop: async () => {
      stopped.abort();
      await ended;
    },
  };
}

/** Works through what is open; answers how long to wait before the next look. */
async function look(stop: AbortSignal): Promise<number> {
  try {
    const pool = getWritePool();
    if (!(await isBulkInstalled(pool))) return POLL;
    if ((await listOpenJobs(pool)).length === 0) return POLL;
    const mine = await asOnlyRunner((db) => workThrough(db, stop));
    return mine ? 0 : AGAIN;
  } catch (error) {
    // The driver's text may hold SQL and values; the class and code tell enough.
    const { name, code } = error as { name?: string; code?: string };
    console.error(JSON.stringify({ bulk: "interrupted", error: name, code }));
    return AGAIN;
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
  });
}
