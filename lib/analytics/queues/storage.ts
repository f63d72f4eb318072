import { sql } from "drizzle-orm";
import { boolean, number, oneOf } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import type { Database } from "@/lib/db/snapshot";
import type { TableStorage } from "@/lib/model/rows/maintenance";

/** The prefix of each table, in display order. */
const TABLES = {
  t: "tasks",
  r: "runs",
  c: "checkpoints",
  e: "events",
  w: "waits",
  i: "idempotency keys",
} as const satisfies Record<string, TableStorage["table"]>;

/**
 * The size of each table of a queue. Sizes come from the file system and row counts from the planner's statistics,
 * so the cost depends on the number of partitions, never on the number of rows.
 */
export async function listStorage(db: Database, queue: string): Promise<TableStorage[]> {
  const columns = {
    prefix: oneOf(["t", "r", "c", "e", "w", "i"]),
    dataBytes: number,
    indexBytes: number,
    tuples: number,
    analyzed: boolean,
  };
  const rows = await query(
    db,
    columns,
    sql`
    select prefix,
      coalesce(sum(pg_table_size(leaf.oid)), 0)::float8 as "dataBytes",
      coalesce(sum(pg_indexes_size(leaf.oid)), 0)::float8 as "indexBytes",
      coalesce(sum(greatest(leaf.reltuples, 0)), 0)::float8 as tuples,
      coalesce(bool_and(leaf.reltuples >= 0 or pg_relation_size(leaf.oid) = 0), true) as analyzed
    from unnest(array['t', 'r', 'c', 'e', 'w', 'i']) with ordinality as kinds(prefix, place)
    cross join lateral (
      select to_regclass(format('absurd.%I', prefix || '_' || ${queue}::text)) as oid
    ) as root
    left join lateral (
      select c.oid, c.reltuples from pg_class c
      where c.relkind = 'r'
        -- The tree of a table that is not partitioned is empty.
        and c.oid in (select root.oid union all select relid from pg_partition_tree(root.oid))
    ) as leaf on true
    where root.oid is not null
    group by prefix, place order by place`,
  );
  return rows.map(({ prefix, dataBytes, indexBytes, tuples, analyzed }) => ({
    table: TABLES[prefix],
    dataBytes,
    indexBytes,
    rows: analyzed ? { value: tuples, precision: "estimated" } : null,
  }));
}
