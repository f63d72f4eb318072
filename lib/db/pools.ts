import { Pool, type PoolConfig } from "pg";
import { getEnvironment } from "./env";

type Pools = { read: Pool; write: Pool };

// Development reloads modules, and pages, routes and actions are separate bundles: the process holds the one pair.
const KEY = Symbol.for("absurd-dashboard.pools");
const shared = globalThis as { [KEY]?: Pools };

/** Connections for reading: every transaction on them is read-only, and every statement is bounded. */
export function getReadPool(): Pool {
  return getPools().read;
}

/** Connections for changes by operators. */
export function getWritePool(): Pool {
  return getPools().write;
}

/** Closes all connections; the next use opens new ones. */
export async function closePools(): Promise<void> {
  const pools = shared[KEY];
  delete shared[KEY];
  await Promise.all([pools?.read.end(), pools?.write.end()]);
}

/** Connects on first use, so the server starts even while the database is down. */
function getPools(): Pools {
  const { DATABASE_URL, DATABASE_READ_URL } = getEnvironment();
  shared[KEY] ??= {
    read: createPool({
      connectionString: DATABASE_READ_URL ?? DATABASE_URL,
      application_name: "absurd-dashboard reader",
      max: 10,
      statement_timeout: 5_000,
      lock_timeout: 1_000,
      idle_in_transaction_session_timeout: 15_000,
      // Compiling a union over many queues takes longer than running it.
      options: "-c default_transaction_read_only=on -c jit=off -c timezone=UTC -c datestyle=ISO",
    }),
    write: createPool({
      connectionString: DATABASE_URL,
      application_name: "absurd-dashboard writer",
      max: 4,
      statement_timeout: 15_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 15_000,
      options: "-c timezone=UTC -c datestyle=ISO",
    }),
  };
  return shared[KEY];
}

function createPool(config: PoolConfig): Pool {
  const pool = new Pool({
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    ...config,
  });
  // Without a listener, an idle connection that breaks would end the process. The next query reports the loss.
  pool.on("error", (error) => {
    console.error(`[${config.application_name}] an idle connection was lost: ${error.message}`);
  });
  return pool;
}
