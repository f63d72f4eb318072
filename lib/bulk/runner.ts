import type { Queryable } from "@/lib/absurd/connection/queryable";
import { createOutageLog } from "@/lib/db/connection/outage-log";
import { getDatabase, listDatabases, runOn } from "@/lib/db/databases";
import { getWritePool } from "@/lib/db/pools";
import { runAs, UNRESTRICTED } from "@/lib/db/viewer";
import { isBulkInstalled, listOpenJobs } from "./job";
import { workThrough } from "./work";

/** How often to look for operations that another process left open, in milliseconds. */
const POLL_MS = 10_000;

/** Delay before a retry while another runner has the lock, in milliseconds. */
const RETRY_MS = 1_000;

/** Key of the advisory lock that limits a database to one runner; the number has no meaning. */
const LOCK_KEY = 7_305_811_265;

type Runner = { wake: () => void; stop: () => Promise<void> };

// Start-up code, pages and actions are separate bundles; a global symbol gives the process one runner
// a database, by its name.
const KEY = Symbol.for("absurd-dashboard.bulk-runner");
const shared = globalThis as { [KEY]?: Map<string, Runner> };
shared[KEY] ??= new Map();
const runners = shared[KEY];

/**
 * Starts the background runners of bulk operations in this process, one a database, once. Each continues every open
 * operation in its database, including those of a process that crashed. It never throws: without the database, or without
 * the dashboard's tables, it tries again later.
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
  // One line when the runner stops working and one when it works again, not one a try.
  const { name } = getDatabase();
  const outage = createOutageLog(`bulk operations${name === "default" ? "" : ` of ${name}`}`);
  const stopped = new AbortController();
  let wake = () => {};
  const loop = async () => {
    while (!stopped.signal.aborted) {
      // Created before the poll, so that a call during it is not missed.
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const delay = await poll(stopped.signal, outage);
      await Promise.race([woken, sleep(delay, stopped.signal)]);
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
    const isOpen = (await isBulkInstalled(pool)) && (await listOpenJobs(pool)).length > 0;
    const isRunner = isOpen && (await asOnlyRunner((db) => workThrough(db, stop)));
    outage.recovered();
    if (!isOpen) return POLL_MS;
    return isRunner ? 0 : RETRY_MS;
  } catch (error) {
    return outage.failed(error);
  }
}

/**
 * Runs `work` as the one runner of this database, on its own connection whose session holds the lock: when the process or
 * the connection dies, the server gives the lock to the next runner. Returns false if another runner has it.
 *
 * @throws what the connection or `work` throws.
 */
async function asOnlyRunner(work: (db: Queryable) => Promise<void>): Promise<boolean> {
  const client = await getWritePool().open("absurd-dashboard bulk");
  // A broken connection fails the next statement; without a listener the event would end the process.
  client.on("error", () => {});
  try {
    const { rows } = await client.query("select pg_try_advisory_lock($1) as acquired", [LOCK_KEY]);
    if (!rows[0].acquired) return false;
    await work(client);
    return true;
  } finally {
    await client.end().catch(() => undefined);
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
