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
 * Runs `work` so that either all of its statements happen or none. It joins what is there:
 *
 * - on a pool, one connection is checked out and `work` is a transaction of its own;
 * - on a connection outside a transaction, `work` is a transaction of its own;
 * - on a connection inside a transaction, `work` is a savepoint of it: a failure undoes `work` alone, and only the
 *   caller's commit makes it last. Whether there is a transaction is asked of the server, by trying the savepoint.
 *
 * The isolation level is the session's. Like every transaction on one connection it must not run beside others.
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
  // Nobody else listens to a connection that is checked out, and an error without a listener ends the process.
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
      // Only a lost connection gets here; the server has undone the work, and `error` says why it failed.
      undoFailed();
    }
    throw error;
  }
}

/** `pg.Client` has `connect` too; only a pool counts its connections. */
function isPool(db: Queryable): db is PoolLike {
  return "totalCount" in db && "connect" in db && typeof db.connect === "function";
}
