import { type SQL, sql } from "drizzle-orm";
import { type DecodedRow, query, type RowDecoders } from "@/lib/db/query";
import type { Database } from "@/lib/db/snapshot";

/** How many arms one statement has. The time to plan a union grows faster than their number. */
const PORTION = 50;

/**
 * The rows of all arms, in their order. Arms, one for each queue, are read in portions, so that no statement, and no
 * number of locks, grows with the number of queues.
 *
 * @param around makes a statement of the union of a portion, such as one that limits it. The limits of all portions are
 *   the caller's to join.
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
