import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { Client, type PoolClient } from "pg";
import { getReadPool } from "./pools";

export type Database = NodePgDatabase;

/** `signal` cancels a read whose result is no longer needed. */
export type ReadOptions = { signal?: AbortSignal | undefined };

/**
 * Runs `read` in one read-only transaction on one connection, so that all its statements see the same instant.
 * When `signal` aborts, the running statement is cancelled in the database.
 *
 * @throws the signal's reason when aborted; errors of the driver as they are.
 */
export async function inSnapshot<T>(
  read: (db: Database) => Promise<T>,
  { signal }: ReadOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  const client = await getReadPool().connect();
  let cancelled: Promise<void> | undefined;
  const onAbort = () => {
    cancelled = cancel(client);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  let broken = false;
  const onBroken = () => {
    broken = true;
  };
  // A client that is checked out has no other listener, and an error without a listener ends the process.
  client.on("error", onBroken);
  try {
    signal?.throwIfAborted();
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
    // The cancel request must not hit the next user of this connection.
    await cancelled;
    client.off("error", onBroken);
    client.release(broken);
  }
}

/** Cancels over a connection of its own, since the pool may be exhausted. Best effort: the statement has a timeout. */
async function cancel(victim: PoolClient): Promise<void> {
  const pid = (victim as PoolClient & { processID?: number }).processID;
  const { max: _, ...options } = getReadPool().options;
  const client = new Client(options);
  try {
    await client.connect();
    await client.query("select pg_cancel_backend($1)", [pid]);
  } catch {
    // The statement timeout ends what could not be cancelled.
  } finally {
    await client.end().catch(() => undefined);
  }
}
