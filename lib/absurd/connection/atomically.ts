import { AbsurdDbError } from "../errors.ts";
import type { Queryable } from "./queryable.ts";
import { call } from "./sql.ts";

type PoolLike = Queryable & { connect(): Promise<Connection> };
type Connection = Queryable & {
  release(destroy?: boolean): void;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
};

/**
 * Runs `work` so that all of its statements take effect or none:
 *
 * - on a pool, in a transaction on a connection of its own;
 * - on a connection outside a transaction, in a transaction of its own;
 * - on a connection inside a transaction, in a savepoint: a failure undoes `work` alone, and the caller's commit makes
 *   it durable. The server decides which case it is, by accepting or refusing the savepoint.
 *
 * The isolation level is the session's. Don't run two of these on one connection at the same time.
 */
export async function atomically<T>(
  db: Queryable,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  if (!isPool(db)) return onConnection(db, work);
  const connection = await db.connect();
  let broken = false;
  const onBroken = () => {
    broken = true;
  };
  // A pool doesn't listen to a connection that is checked out, and an error without a listener ends the process.
  connection.on("error", onBroken);
  try {
    await call(connection, TRANSACTION.open);
    return await within(connection, TRANSACTION, work, onBroken);
  } finally {
    connection.off("error", onBroken);
    connection.release(broken);
  }
}

const TRANSACTION = { open: "begin", keep: "commit", undo: ["rollback"] };
const SAVEPOINT = {
  open: "savepoint absurd_client",
  keep: "release savepoint absurd_client",
  undo: ["rollback to savepoint absurd_client", "release savepoint absurd_client"],
};

/** SQLSTATE of a savepoint outside a transaction. */
const NO_TRANSACTION = "25P01";

async function onConnection<T>(db: Queryable, work: (tx: Queryable) => Promise<T>): Promise<T> {
  try {
    await call(db, SAVEPOINT.open);
  } catch (error) {
    if (!(error instanceof AbsurdDbError && error.code === NO_TRANSACTION)) throw error;
    await call(db, TRANSACTION.open);
    return within(db, TRANSACTION, work);
  }
  return within(db, SAVEPOINT, work);
}

async function within<T>(
  db: Queryable,
  bracket: typeof TRANSACTION,
  work: (tx: Queryable) => Promise<T>,
  undoFailed: () => void = () => {},
): Promise<T> {
  try {
    const result = await work(db);
    await call(db, bracket.keep);
    return result;
  } catch (error) {
    try {
      for (const statement of bracket.undo) await call(db, statement);
    } catch {
      // Only a lost connection leads here. The server has rolled back, and `error` has the reason.
      undoFailed();
    }
    throw error;
  }
}

/** `pg.Client` also has `connect`; only a pool has `totalCount`. */
function isPool(db: Queryable): db is PoolLike {
  return "totalCount" in db && "connect" in db && typeof db.connect === "function";
}
