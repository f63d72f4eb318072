import { Client } from "pg";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { getWritePool } from "@/lib/db/pools";

/** Key of the advisory lock that lets one runner work at a time in a database; the number has no meaning. */
const LOCK = 7_305_811_265;

/**
 * Runs `work` as the one runner of this database, on a connection of its own whose session holds the lock: when the
 * process or the connection dies, the server gives the lock to the next. Answers false when another runner has it.
 *
 * @throws what the connection or `work` throws.
 */
export async function asOnlyRunner(work: (db: Queryable) => Promise<void>): Promise<boolean> {
  const { max: _, ...options } = getWritePool().options;
  const client = new Client({ ...options, application_name: "absurd-dashboard bulk" });
  // A broken connection fails the next statement, which says so; without a listener it would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query("select pg_try_advisory_lock($1) as mine", [LOCK]);
    if (!rows[0].mine) return false;
    await work(client);
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
