import { parseConnectionString } from "./connection/connection-string";
import { DatabasePool, share } from "./connection/pool";
import { getEnvironment } from "./env";

type Pools = { read: DatabasePool; write: DatabasePool };

// Development reloads modules, and pages, routes and actions are separate bundles: the process holds the one pair.
const KEY = Symbol.for("absurd-dashboard.pools");
const shared = globalThis as { [KEY]?: Pools };

/** Connections for reading: every transaction on them is read-only, and every statement is bounded. */
export function getReadPool(): DatabasePool {
  return getPools().read;
}

/** Connections for changes by operators. */
export function getWritePool(): DatabasePool {
  return getPools().write;
}

/** Closes all connections; the next use opens new ones. */
export async function closePools(): Promise<void> {
  const pools = shared[KEY];
  delete shared[KEY];
  await Promise.all([pools?.read.end(), pools?.write.end()]);
}

/** How long a request waits for a connection, in milliseconds, before the dashboard says that it is busy. */
const WAIT_MS = 10_000;

/** A standby further behind than this is used only where there is no other server, in milliseconds. */
const MOST_LAG_MS = 30_000;

/** Connects on first use, so the server starts even while the database is down. */
function getPools(): Pools {
  const known = shared[KEY];
  if (known) return known;
  const settings = getEnvironment();
  const write = new DatabasePool(parseConnectionString(settings.DATABASE_URL), {
    applicationName: "absurd-dashboard writer",
    max: settings.DATABASE_WRITE_CONNECTIONS,
    waitMs: WAIT_MS,
    mostLagMs: MOST_LAG_MS,
    statementTimeout: 15_000,
    lockTimeout: 5_000,
    readOnly: false,
  });
  const read = new DatabasePool(
    parseConnectionString(settings.DATABASE_READ_URL ?? settings.DATABASE_URL),
    {
      applicationName: "absurd-dashboard reader",
      max: settings.DATABASE_READ_CONNECTIONS,
      waitMs: WAIT_MS,
      mostLagMs: MOST_LAG_MS,
      statementTimeout: 5_000,
      lockTimeout: 1_000,
      readOnly: true,
    },
  );
  share(read, write);
  shared[KEY] = { read, write };
  return shared[KEY];
}
