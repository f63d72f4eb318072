import { type SQL, sql } from "drizzle-orm";
import { type DecodedRow, query, type RowDecoders } from "@/lib/db/query";
import { type Database, sendFirst } from "@/lib/db/snapshot";

/** From this number of queues on, a query first finds out which of them it needs. */
export const MANY_QUEUES = 20;

/** The maximum number of arms per statement: the time to plan a union grows faster than their number. */
const PORTION = 50;

/**
 * Makes the following statements of the snapshot use one process each. For scans of some 100,000 entries of an index,
 * which take less time than starting the processes that would share them.
 */
export function avoidParallel(db: Database): void {
  // It fails only if the transaction has, and then the next statement fails too.
  sendFirst(db, "set local max_parallel_workers_per_gather = 0").catch(() => undefined);
}

/** A limit above any result. PostgreSQL does not flatten a subquery with a limit into the surrounding statement. */
export const FENCE = 2 ** 31 - 1;

/**
 * The rows of all arms, in order. Arms, one for each queue, are read in portions, so that neither the size of a
 * statement nor its number of locks grows with the number of queues.
 *
 * @param around makes a statement of the union of a portion, such as one that limits it. The caller merges the
 * limited results of the portions.
 */
export async function queryUnion<Columns extends RowDecoders>(
  db: Database,
  columns: Columns,
  arms: readonly SQL[],
  around: (union: SQL) => SQL = (union) => union,
): Promise<DecodedRow<Columns>[]> {
  const rows: DecodedRow<Columns>[] = [];
  for (let start = 0; start < arms.length; start += PORTION) {
    const union = sql.join(arms.slice(start, start + PORTION), sql` union all `);
    for (const row of await query(db, columns, around(union))) rows.push(row);
  }
  return rows;
}
