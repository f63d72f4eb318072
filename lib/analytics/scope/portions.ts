import { type SQL, sql } from "drizzle-orm";
import { integer } from "@/lib/db/decode";
import { type DecodedRow, fixText, query, type RowDecoders } from "@/lib/db/query";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import { type Database, keepPlans, sendFirst } from "@/lib/db/snapshot";
import { getTenants, narrowTenants } from "@/lib/db/tenants";
import { MANY_QUEUES, queryUnion } from "./union";

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

/** The texts of a part, by the tables that it reads. */
export type PartTexts = WeakMap<QueueTables, Map<string, SQL>>;

/** A value for all parts, and its type. */
type Given = { value: unknown; type: string };

/** How many queues one statement of large parts reads: the time to plan it grows faster than their number. */
const FEW = 50;

/**
 * As `queryPortions`, for parts that are large, read by changing sets of queues, or restricted to tenants. The text of a
 * part is made once, unless it is restricted, and the session keeps the statements of few queues. They are planned for any
 * values.
 *
 * @param given the parameters of all parts. `write` gets them as SQL.
 * @param around makes the statement of the union of a portion's parts. Its rows keep the column `place` of the parts.
 */
export async function queryParts<Columns extends RowDecoders>(
  db: Database,
  columns: Columns,
  queues: readonly string[],
  {
    texts,
    key = "",
    tenants = [],
    given,
    write,
    around = (union) => union,
  }: {
    texts: PartTexts;
    key?: string;
    tenants?: readonly string[];
    given: readonly Given[];
    write: (tables: QueueTables, given: readonly SQL[], queue: string) => SQL;
    around?: (union: SQL) => SQL;
  },
): Promise<(DecodedRow<Columns> & { queue: string })[]> {
  type Row = DecodedRow<Columns> & { place: number };
  const placed = { ...columns, place: integer };
  const number = (part: SQL, place: number) =>
    sql`select ${sql.raw(`${place}`)} as place, part.* from (${part}) as part`;
  const name = (rows: Row[], names: readonly string[]) =>
    rows.map(({ place, ...row }) => ({
      ...row,
      queue: names[place] ?? "",
    })) as (DecodedRow<Columns> & {
      queue: string;
    })[];
  const values = given.map(({ value, type }) => sql`${sql.param(value)}::${sql.raw(type)}`);
  if (narrowTenants(getTenants(), tenants) !== null) {
    const parts = queues.map((queue, place) =>
      number(write(queueTables(queue, tenants), values, queue), place),
    );
    return name((await queryUnion(db, placed, parts, around)) as Row[], queues);
  }
  const start = sql`with given as (select ${sql.join(values, sql`, `)})`;
  const numbers = given.map(({ type }, n) => sql.raw(`$${n + 1}::${type}`));
  // Those of many queues would take the place of statements that are used more often.
  const kept = queues.length < MANY_QUEUES ? keepPlans(db) : db;
  return inPortions(
    db,
    queues,
    async (names) => {
      const parts = names.map((queue, place) => {
        const tables = queueTables(queue);
        const known = texts.get(tables) ?? new Map<string, SQL>();
        texts.set(tables, known);
        return number(
          fixText(known, key, () => write(tables, numbers, queue)),
          place,
        );
      });
      const statement = sql`${start} ${around(sql.join(parts, sql` union all `))}`;
      return name((await query(kept, placed, statement)) as Row[], names);
    },
    FEW,
  );
}

/**
 * For narrow ranges the server would otherwise plan each statement for its values, which takes longer than to run it. And
 * where a table was small when its statement was planned, the server would keep reading all of it while it grows.
 */
const PLAN_ONCE = "set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off";
const PLAN_AS_USUAL = "set local plan_cache_mode to default; set local enable_seqscan to default";

/**
 * The rows that `read` finds for each portion of the queues. It is called for all of them in one round trip, and its kept
 * statements are planned once for any values, so they need the same plan for all of them, by indexes.
 */
export async function inPortions<Row>(
  db: Database,
  queues: readonly string[],
  read: (names: readonly string[]) => Promise<Row[]>,
  portion = PORTION,
): Promise<Row[]> {
  if (queues.length === 0) return [];
  const planned = sendFirst(db, PLAN_ONCE);
  const portions: Promise<Row[]>[] = [];
  for (let start = 0; start < queues.length; start += portion)
    portions.push(read(queues.slice(start, start + portion)));
  const [rows] = await Promise.all([Promise.all(portions), planned]);
  // The next statement reports if the connection is gone.
  sendFirst(db, PLAN_AS_USUAL).catch(() => undefined);
  return rows.flat();
}

function unite(queues: readonly string[], write: (queue: string) => SQL): SQL {
  const parts = queues.map(
    (queue, place) =>
      sql`select ${sql.raw(`${place}`)} as place, part.* from ${write(queue)} as part`,
  );
  return sql.join(parts, sql` union all `);
}
