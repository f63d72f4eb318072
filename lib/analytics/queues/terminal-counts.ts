import { sql } from "drizzle-orm";
import { boolean, integer, nullable, number, text } from "@/lib/db/decode";
import { type DecodedRow, query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import { type Database, keepPlans } from "@/lib/db/snapshot";
import { getTenants, narrowTenants } from "@/lib/db/tenants";
import type { Count } from "@/lib/model/count";
import type { TerminalCounts } from "@/lib/model/queue";
import { isRecent, RECENT_TASKS } from "../scope/recent-tasks";
import { queryUnion } from "../scope/union";

/** Task tables up to this size in bytes are counted, larger ones estimated. */
const SMALL = 4_194_304;

/** Maximum number of rows scanned when there are no statistics. */
const CAP = RECENT_TASKS;

const STATES = ["completed", "failed", "cancelled"] as const;

/**
 * Terminal tasks by queue. No index supports this, so small tables are counted exactly and large ones estimated:
 * `pg_class.reltuples` times the frequency of the state in `pg_stats`, by partition. Without statistics, and if
 * the dashboard or the query is restricted to tenants, the newest 20,000 tasks are counted, which gives a lower
 * bound.
 */
export async function countTerminalTasks(
  db: Database,
  queues: string[],
  tenants: readonly string[] = [],
): Promise<Map<string, TerminalCounts>> {
  const restricted = narrowTenants(getTenants(), tenants) !== null;
  const estimates = (await listEstimates(db, queues)).map((row) =>
    // The statistics cover all tenants, so a restricted count must not use them.
    restricted ? { ...row, analyzed: false, completed: null, failed: null, cancelled: null } : row,
  );
  const counted = await countTasks(
    db,
    estimates.filter((row) => row.bytes <= SMALL || !row.analyzed),
    tenants,
  );
  return new Map(
    estimates.map((row) => {
      const exact = counted.get(row.queue);
      const precision = row.bytes <= SMALL ? "exact" : row.analyzed ? "estimated" : "capped";
      const count = (state: (typeof STATES)[number]): Count => ({
        value: exact ? (exact[state] ?? 0) : Math.round(row[state] ?? 0),
        precision,
      });
      const counts = Object.fromEntries(STATES.map((state) => [state, count(state)]));
      return [row.queue, counts as TerminalCounts];
    }),
  );
}

type States = Partial<Record<(typeof STATES)[number], number>>;
const ESTIMATE = {
  queue: text,
  bytes: number,
  analyzed: boolean,
  completed: nullable(number),
  failed: nullable(number),
  cancelled: nullable(number),
};
type Estimate = DecodedRow<typeof ESTIMATE>;

async function listEstimates(db: Database, queues: string[]): Promise<Estimate[]> {
  const frequency = (state: string) =>
    sql`sum(leaf.tuples * coalesce(stats.freqs[array_position(stats.vals, ${state}::text)], 0))::float8`;
  return query(
    keepPlans(db),
    ESTIMATE,
    sql`
    select queue, sum(leaf.bytes)::float8 as bytes,
      bool_and(leaf.bytes = 0 or stats.vals is not null) as analyzed,
      ${frequency("completed")} as completed,
      ${frequency("failed")} as failed,
      ${frequency("cancelled")} as cancelled
    from unnest(${sql.param(queues)}::text[]) as queue
    cross join lateral (
      select c.oid, c.relname, pg_relation_size(c.oid) as bytes,
        -- As the planner does: the density at the last analyze times the size now.
        case when c.relpages > 0 and c.reltuples > 0
          then c.reltuples / c.relpages
            * (pg_relation_size(c.oid) / current_setting('block_size')::int)
          else 0 end as tuples
      from pg_class c
      -- An array is looked up by key, where a join may read the whole catalogue for each queue.
      where c.relkind = 'r' and c.oid = any(array(
        -- The tree of a table that is not partitioned is empty.
        select to_regclass(format('absurd.%I', 't_' || queue))::oid
        union all
        select tree.relid::oid from pg_partition_tree(to_regclass(format('absurd.%I', 't_' || queue))) tree
      ))
    ) leaf
    left join lateral (
      select s.most_common_vals::text::text[] as vals, s.most_common_freqs as freqs
      from pg_stats s
      where s.schemaname = 'absurd' and s.tablename = leaf.relname and s.attname = 'state'
        and not s.inherited
      -- The limit forces a lookup by name.
      limit 1
    ) stats on true
    group by queue`,
  );
}

async function countTasks(
  db: Database,
  tables: Pick<Estimate, "queue" | "bytes">[],
  tenants: readonly string[],
): Promise<Map<string, States>> {
  if (tables.length === 0) return new Map();
  const arms = tables.map(({ queue, bytes }) => {
    const { tasks } = queueTables(queue, tenants);
    const recent = isRecent(queue, tasks.taskId, tenants);
    const newest = recent
      ? sql`where ${recent}`
      : sql`order by ${tasks.taskId} desc limit ${CAP}::int`;
    return sql`select ${queue}::text as queue, state, count(*)::int as tasks
      from (select ${tasks.state} as state from ${tasks} ${bytes <= SMALL ? sql`` : newest}) as counted
      group by state`;
  });
  const rows = await queryUnion(db, { queue: text, state: text, tasks: integer }, arms);
  const counts = new Map<string, States>(tables.map(({ queue }) => [queue, {}]));
  for (const row of rows)
    counts.set(row.queue, { ...counts.get(row.queue), [row.state]: row.tasks });
  return counts;
}
