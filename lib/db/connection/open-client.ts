import { Client } from "pg";
import { configure, type Endpoint, type SessionLimits } from "./client";
import type { ConnectionTarget } from "./connection-string";
import { canTryNext, listEndpoints } from "./pool";

/** A new connection and its server, or why there is none and the server that was tried last. */
export type Opened =
  | { endpoint: Endpoint; client: Client }
  | { endpoint: Endpoint; client: null; error: unknown };

/**
 * Opens one connection outside the pools, to the first server of the target that accepts it, as the pools would.
 * The caller ends the client. A failed connection is a result and not an error.
 *
 * @param queryTimeout milliseconds after which the client gives up on a statement; unlimited by default.
 */
export async function openClient(
  target: ConnectionTarget,
  limits: SessionLimits,
  queryTimeout?: number,
): Promise<Opened> {
  let failed: Opened | undefined;
  for (const endpoint of listEndpoints(target)) {
    const client = new Client({
      ...configure(endpoint, limits),
      ...(queryTimeout !== undefined && { query_timeout: queryTimeout }),
    });
    // A connection that breaks later fails the next statement; without a listener the event would end the process.
    client.on("error", () => {});
    try {
      await client.connect();
      return { endpoint, client };
    } catch (error) {
      await client.end().catch(() => {});
      failed = { endpoint, client: null, error };
      if (!canTryNext(error)) break;
    }
  }
  if (!failed) throw new Error("A connection string names no server.");
  return failed;
}
