import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { cancelStatement } from "./connection/cancel";
import { getReadPool } from "./pools";

export type Database = NodePgDatabase;

export type ReadOptions = {
  /** Cancels a read whose result is no longer needed. */
  signal?: AbortSignal | undefined;
  /** Time limit of each statement, in milliseconds; five seconds by default. */
  statementTimeout?: number | undefined;
};

/** How long the server may take to cancel a statement before the connection is dropped, in milliseconds. */
const CANCEL_MS = 1_000;

/**
 * Runs `read` in one read-only transaction on one connection, so that all its statements see the same instant. If
 * `signal` aborts, the running statement is cancelled in the database.
 *
 * @throws the signal's reason if aborted; errors of the driver unchanged.
 */
export async function inSnapshot<T>(
  read: (db: Database) => Promise<T>,
  { signal, statementTimeout }: ReadOptions = {},
): Promise<T> {
  const client = await getReadPool().connect({ signal });
  let cancelled: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => {
    cancelled = cancelStatement(client);
    // A server that is gone cannot cancel the statement.
    timer = setTimeout(() => client.destroy(), CANCEL_MS);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  let broken = false;
  const onBroken = () => {
    broken = true;
  };
  client.on("error", onBroken);
  try {
    signal?.throwIfAborted();
    client.setStatementTimeout(statementTimeout);
    await client.query("begin isolation level repeatable read read only");
    const result = await read(drizzle(client));
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(onBroken);
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    clearTimeout(timer);
    // The cancel request must not hit the next user of this connection.
    await cancelled;
    client.off("error", onBroken);
    client.release(broken);
  }
}
