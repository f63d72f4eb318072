import { parseConnectionString } from "./connection/connection-string";
import { DatabasePool, share } from "./connection/pool";
import { getDatabase, getHomeDatabase } from "./databases";
import { getEnvironment } from "./env";
import type { DatabaseSettings } from "./fleet-settings";

type Pools = { read: DatabasePool; write: DatabasePool };

// Development reloads modules, and pages, routes and actions are separate bundles: the process holds one pair of
// pools per database, by its name.
const KEY = Symbol.for("absurd-dashboard.pools");
const shared = globalThis as { [KEY]?: Map<string, Pools> };
shared[KEY] ??= new Map();
const known = shared[KEY];

/** Connections for reading: every transaction on them is read-only, and every statement is bounded. */
export function getReadPool(): DatabasePool {
  return getPools(getDatabase()).read;
}

/** Connections for changes by operators. */
export function getWritePool(): DatabasePool {
  return getPools(getDatabase()).write;
}

/** Connections to the database of sessions, tokens and people, for work on any database. */
export function getHomePool(): DatabasePool {
  return getPools(getHomeDatabase()).write;
}

/** Closes all connections; the next use opens new ones. */
export async function closePools(): Promise<void> {
  const pools = [...known.values()];
  known.clear();
  await Promise.all(pools.flatMap(({ read, write }) => [read.end(), write.end()]));
}

/** How long a request waits for a connection before the dashboard reports that it is busy, in milliseconds. */
const WAIT_MS = 10_000;

/** A standby that lags further than this is used only if there is no other server, in milliseconds. */
const MOST_LAG_MS = 30_000;

/** Connects on first use, so the server starts even while the database is down. */
function getPools({ name, url, readUrl }: DatabaseSettings): Pools {
  let pools = known.get(name);
  if (!pools) {
    pools = createPools(url, readUrl ?? url);
    known.set(name, pools);
  }
  return pools;
}

function createPools(url: string, readUrl: string): Pools {
  const settings = getEnvironment();
  const write = new DatabasePool(parseConnectionString(url), {
    applicationName: "absurd-dashboard writer",
    max: settings.DATABASE_WRITE_CONNECTIONS,
    waitMs: WAIT_MS,
    mostLagMs: MOST_LAG_MS,
    statementTimeout: 15_000,
    lockTimeout: 5_000,
    readOnly: false,
  });
  const read = new DatabasePool(parseConnectionString(readUrl), {
    applicationName: "absurd-dashboard reader",
    max: settings.DATABASE_READ_CONNECTIONS,
    waitMs: WAIT_MS,
    mostLagMs: MOST_LAG_MS,
    statementTimeout: 5_000,
    lockTimeout: 1_000,
    readOnly: true,
  });
  share(read, write);
  return { read, write };
}
