import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { findErrorCode, SQLSTATE } from "@/lib/model/sqlstate";
import { cancelStatement } from "./connection/cancel";
import type { PooledClient } from "./connection/pool";
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

/** The connection of each snapshot, and the same snapshot with statements that the session keeps. */
const opened = new WeakMap<Database, { client: PooledClient; kept: Database }>();

/**
 * The same snapshot for statements whose best plan does not depend on their values: the server keeps them for the
 * session, so that repeated ones need no parsing and no planning. Their texts must be few, so write limits into the
 * text and lists as arrays.
 */
export function keepPlans(db: Database): Database {
  return opened.get(db)?.kept ?? db;
}

/**
 * Sends commands without parameters before any statement that is started later, so that they can share its round trip.
 * Await both.
 */
export async function sendFirst(db: Database, commands: string): Promise<void> {
  const snapshot = opened.get(db);
  if (!snapshot) throw new Error("Only a snapshot's commands have an order.");
  await snapshot.client.query(commands);
}

/** Errors of a statement that the session no longer keeps, or keeps with other columns. */
const NOT_KEPT: readonly string[] = [
  SQLSTATE.unknownStatement,
  SQLSTATE.duplicateStatement,
  SQLSTATE.featureNotSupported,
];

/**
 * Runs `read` in one read-only transaction on one connection, so that all its statements see the same instant. If
 * `signal` aborts, the running statement is cancelled in the database. Statements that `read` starts without waiting
 * for the one before share a round trip.
 *
 * @throws the signal's reason if aborted; errors of the driver unchanged.
 */
export async function inSnapshot<T>(
  read: (db: Database) => Promise<T>,
  { signal, statementTimeout }: ReadOptions = {},
): Promise<T> {
  for (;;) {
    const client = await getReadPool().connect({ signal });
    try {
      return await readOnce(client, read, { signal, statementTimeout });
    } catch (error) {
      if (!NOT_KEPT.includes(findErrorCode(error) ?? "") || !client.stopKeeping()) throw error;
    }
  }
}

async function readOnce<T>(
  client: PooledClient,
  read: (db: Database) => Promise<T>,
  { signal, statementTimeout }: ReadOptions,
): Promise<T> {
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
  let isOpen = true;
  const requireOpen = () => {
    signal?.throwIfAborted();
    if (!isOpen) throw new Error("The snapshot has ended.");
  };
  const release = async (end: Promise<unknown>) => {
    isOpen = false;
    await end.catch(onBroken);
    // The cancel request must not hit the next user of this connection.
    await cancelled;
    clearTimeout(timer);
    client.off("error", onBroken);
    client.release(broken);
  };
  try {
    signal?.throwIfAborted();
    client.setStatementTimeout(statementTimeout);
    const begun = client.query("begin isolation level repeatable read read only");
    begun.catch(() => undefined);
    const result = await read(openDatabase(client, requireOpen)).catch(async (error: unknown) => {
      // If the transaction could not begin, that is why its statements failed.
      await begun;
      throw error;
    });
    await begun;
    signal?.removeEventListener("abort", onAbort);
    // Nothing depends on how a read-only transaction ends, so its caller does not wait for it.
    void release(client.query("commit"));
    return result;
  } catch (error) {
    await release(client.query("rollback"));
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/**
 * @param requireOpen throws if no further statement may be sent: one after an abort would not be cancelled, and one after the
 *   end, of a part of the read that nobody waits for any more, would be part of another read.
 */
function openDatabase(client: PooledClient, requireOpen: () => void): Database {
  const send = (nameOf: (text: string) => string | undefined): PooledClient =>
    Object.create(client, {
      query: {
        value: async (statement: string | { text: string }, values?: unknown[]) => {
          requireOpen();
          return typeof statement === "string"
            ? client.query(statement)
            : client.query({ ...statement, name: nameOf(statement.text) }, values);
        },
      },
    });
  const plain = send(() => undefined);
  const db = drizzle(plain);
  opened.set(db, { client: plain, kept: drizzle(send((text) => client.keep(text))) });
  return db;
}
