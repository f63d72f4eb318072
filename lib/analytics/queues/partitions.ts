import { sql } from "drizzle-orm";
import { boolean, integer, number, oneOf, text } from "@/lib/db/decode";
import { type DecodedRow, query } from "@/lib/db/query";
import { currentTime, queues, queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { groupBy } from "@/lib/model/group-by";
import { type Iso, toInstant, toMs } from "@/lib/model/instants";
import { uuidInstant } from "@/lib/model/key-range";
import {
  PARTITIONED_TABLES,
  type PartitionedTable,
  type Partitions,
  type PartitionWeek,
} from "@/lib/model/rows/maintenance";

const PREFIXES = { t: "tasks", r: "runs", c: "checkpoints", w: "waits" } as const;

/** Maximum number of rows counted in a default partition. */
const CAP = 10_000;

const PART = {
  prefix: oneOf(["t", "r", "c", "w"]),
  bound: text,
  bytes: number,
  tuples: number,
  analyzed: boolean,
};
type Part = DecodedRow<typeof PART>;

/**
 * The existing weeks of a partitioned queue and those that its policy requires, with the rows in default
 * partitions. Read from the catalog, except for those rows, which are counted up to ten thousand per table.
 */
export async function getPartitions(db: Database, queue: string): Promise<Partitions> {
  const wanted = new Set(await listWantedWeeks(db, queue));
  const parts = await listParts(db, queue);
  const present = groupBy(
    parts.filter((part) => part.bound !== "DEFAULT"),
    (part) => parseBounds(part.bound).from,
  );
  const starts = [...new Set([...wanted, ...present.keys()])].sort();
  const withDefault = new Set(
    parts.filter((part) => part.bound === "DEFAULT").map((part) => PREFIXES[part.prefix]),
  );
  return {
    weeks: starts.map((from) => toWeek(from, present.get(from) ?? [], wanted.has(from))),
    strays: await countStrays(
      db,
      queue,
      PARTITIONED_TABLES.filter((table) => withDefault.has(table)),
    ),
  };
}

async function listWantedWeeks(db: Database, queue: string): Promise<Iso[]> {
  const monday = (at: ReturnType<typeof sql>) =>
    sql`date_trunc('week', least(greatest(${at}, '1970-01-05'), '9000-01-01') at time zone 'UTC')`;
  const rows = await query(
    db,
    { week: text },
    sql`
    select to_char(week, 'YYYY-MM-DD') as week
    from ${queues} cross join lateral generate_series(
      ${monday(sql`${currentTime} - ${queues.partitionLookback}`)},
      ${monday(sql`${currentTime} + ${queues.partitionLookahead}`)},
      '7 days'
    ) as week
    where ${queues.name} = ${queue} limit 1000`,
  );
  return rows.map(({ week }) => `${week}T00:00:00.000Z`);
}

async function listParts(db: Database, queue: string): Promise<Part[]> {
  return query(
    db,
    PART,
    sql`
    select prefix, pg_get_expr(c.relpartbound, c.oid) as bound,
      pg_total_relation_size(c.oid)::float8 as bytes,
      greatest(c.reltuples, 0)::float8 as tuples,
      c.reltuples >= 0 or pg_relation_size(c.oid) = 0 as analyzed
    from unnest(array['t', 'r', 'c', 'w']) as prefix
    join pg_inherits i
      on i.inhparent = to_regclass(format('absurd.%I', prefix || '_' || ${queue}::text))
    join pg_class c on c.oid = i.inhrelid`,
  );
}

/** The bounds of a partition are ids: the lowest of its week, and the lowest of the next week. */
function parseBounds(bound: string): { from: Iso; to: Iso } {
  const [from = "", to = ""] = [...bound.matchAll(/'([0-9a-f-]{36})'/g)].map((match) =>
    uuidInstant(match[1] ?? ""),
  );
  return { from, to };
}

function toWeek(from: Iso, parts: Part[], wanted: boolean): PartitionWeek {
  const has = new Set(parts.map((part) => PREFIXES[part.prefix]));
  const [first] = parts;
  return {
    from,
    to: first ? parseBounds(first.bound).to : toInstant(toMs(from) + 7 * 86_400_000),
    wanted,
    missing: PARTITIONED_TABLES.filter((table) => !has.has(table)),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    rows: parts.every((part) => part.analyzed)
      ? { value: parts.reduce((sum, part) => sum + part.tuples, 0), precision: "estimated" }
      : null,
  };
}

async function countStrays(
  db: Database,
  queue: string,
  tables: PartitionedTable[],
): Promise<Partitions["strays"]> {
  if (tables.length === 0) return [];
  // A default partition has the name of its table in the queue with this suffix.
  const defaults = queueTables(`${queue}_d`);
  const counts = tables.map(
    (table) => sql`
      select ${table}::text as table,
        (select count(*)::int from (select from ${defaults[table]} limit ${CAP + 1}::int) as rows) as rows`,
  );
  const rows = await query(
    db,
    { table: oneOf(PARTITIONED_TABLES), rows: integer },
    sql.join(counts, sql` union all `),
  );
  return rows.map(({ table, rows: found }) => ({
    table,
    rows: { value: Math.min(found, CAP), precision: found > CAP ? "capped" : "exact" },
  }));
}
