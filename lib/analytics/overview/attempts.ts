import { sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { AttemptCounts, AttemptOutcome } from "@/lib/model/count";
import { gridEdges, type TimeGrid } from "../scope/time-grid";

/**
 * Exact counts of the attempts of each queue by when a worker last picked them up (`available_at`, which every claim
 * sets) and by their state. Read from the index of runs alone, so the cost follows the attempts of the window, never
 * the tables. Attempts that were suspended or cancelled since are not among them.
 */
export async function countAttempts<State extends AttemptOutcome>(
  db: Database,
  queues: string[],
  grid: TimeGrid,
  states: readonly State[],
  tenants: readonly string[] = [],
): Promise<Map<string, AttemptCounts<State>>> {
  const edges = sql.param(gridEdges(grid));
  const arms = queues.map((queue, index) => {
    const { runs } = queueTables(queue, tenants);
    const counts = states.map(
      (state) => sql`array(
        select (
          select count(*)::int from ${runs}
          where ${runs.state} = ${sql.raw(`'${state}'`)}
            and ${runs.availableAt} >= edges.at[bucket] and ${runs.availableAt} < edges.at[bucket + 1]
        )
        from generate_series(1, ${grid.buckets}::int) bucket order by bucket
      ) as ${sql.raw(state)}`,
    );
    return sql`select ${index}::int as queue, ${sql.join(counts, sql`, `)} from edges`;
  });
  if (arms.length === 0) return new Map();
  const { rows } = await db.execute<AttemptCounts<State> & { queue: number }>(
    sql`with edges(at) as (select ${edges}::timestamptz[]) ${sql.join(arms, sql` union all `)}`,
  );
  return new Map(
    rows.map(({ queue, ...counts }) => [
      queues[queue] ?? "",
      Object.fromEntries(Object.entries(counts)) as AttemptCounts<State>,
    ]),
  );
}
