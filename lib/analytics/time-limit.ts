import { sql } from "drizzle-orm";
import { errorCode } from "@/lib/db/errors";
import type { Database, ReadOptions } from "@/lib/db/snapshot";

/**
 * What `read` gives if each of its statements ends within this many milliseconds, else `null`, and then the transaction
 * goes on as before. Where it succeeded the limit stays for what follows: to take it back costs a statement.
 */
export async function withinTime<T>(
  db: Database,
  milliseconds: number,
  read: () => Promise<T>,
  { signal }: ReadOptions,
): Promise<T | null> {
  signal?.throwIfAborted();
  await db.execute(
    sql.raw(`savepoint before_limit; set local statement_timeout = ${milliseconds}`),
  );
  try {
    return await read();
  } catch (error) {
    if (errorCode(error) !== "57014" || signal?.aborted) throw error;
    await db.execute(sql`rollback to savepoint before_limit`);
    return null;
  }
}
