import { type SQL, sql } from "drizzle-orm";
import { integer } from "@/lib/db/decode";
import { type DecodedRow, fixText, query, type RowDecoders } from "@/lib/db/query";
import { type Database, keepPlans, sendFirst } from "@/lib/db/snapshot";

/** How many queues one kept statement reads. A change of a table makes the server plan its statement again. */
const PORTION = 100;

const texts = new Map<string, SQL>();

/**
 * Rows of many queues, in no particular order, by statements that the session keeps: one for each portion of the queues,
 * all in one round trip.
 *
 * @param columns of a part; `queue` is added to its rows.
 * @param key names the parts, with everything but the queue that their text depends on.
 * @param start precedes the statement and contains all parameters.
 * @param write the part of a queue, without parameters: it refers to those of `start` by their numbers.
 */
export async function queryPortions<Columns extends RowDecoders>(
  db: Database,
  columns: Columns,
  queues: readonly string[],
  { key, start, write }: { key: string; start: SQL; write: (queue: string) => SQL },
): Promise<(DecodedRow<Columns> & { queue: string })[]> {
  return inPortions(db, queues, async (names) => {
    const rows = (await query(
      keepPlans(db),
      { ...columns, place: integer },
      sql`${start} ${fixText(texts, JSON.stringify([key, names]), () => unite(names, write))}`,
    )) as (DecodedRow<Columns> & { place: number })[];
    return rows.map((row) => ({ ...row, queue: names[row.place] ?? "" }));
  });
}

/**
 * The rows that `read` finds for each portion of the queues. It is called for all of them in one round trip, and its kept
 * statements are planned once for any values, so they need the same plan for all of them.
 */
export async function inPortions<Row>(
  db: Database,
  queues: readonly string[],
  read: (names: readonly string[]) => Promise<Row[]>,
): Promise<Row[]> {
  if (queues.length === 0) return [];
  // For narrow ranges the server would otherwise plan each statement for its values, which takes longer than to run it.
  const planned = sendFirst(db, "set local plan_cache_mode = force_generic_plan");
  const portions: Promise<Row[]>[] = [];
  for (let start = 0; start < queues.length; start += PORTION)
    portions.push(read(queues.slice(start, start + PORTION)));
  const [rows] = await Promise.all([Promise.all(portions), planned]);
  // The next statement reports if the connection is gone.
  sendFirst(db, "set local plan_cache_mode = auto").catch(() => undefined);
  return rows.flat();
}

function unite(queues: readonly string[], write: (queue: string) => SQL): SQL {
  const parts = queues.map(
    (queue, place) =>
      sql`select ${sql.raw(`${place}`)} as place, part.* from ${write(queue)} as part`,
  );
  return sql.join(parts, sql` union all `);
}
