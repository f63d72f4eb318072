import { sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { gridEdges, type TimeGrid } from "./time-grid";

const STATES = ["completed", "failed", "running"] as const;

/** How many attempts began in each bucket, by what has become of them. */
export type AttemptCounts = Record<(typeof STATES)[number], number[]>;

/**
 * Exact counts of the attempts of each queue by when a worker last picked them up (`available_at`, which every claim
 * sets) and by their state. Read from the index of runs alone, so the cost follows the attempts of the window, never
 * the tables. Attempts that were suspended or cancelled since are not among them.
 */
export async function countAttempts(
  db: Database,
  queues: string[],
  grid: TimeGrid,
): Promise<Map<string, AttemptCounts>> {
  const edges = sql.param(gridEdges(grid));
  const arms = queues.map((queue, index) => {
    const { runs } = queueTables(queue);
    const counts = STATES.map(
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
  const { rows } = await db.execute<AttemptCounts & { queue: number }>(
    sql`with edges(at) as (select ${edges}::timestamptz[]) ${sql.join(arms, sql` union all `)}`,
  );
  return new Map(rows.map(({ queue, ...counts }) => [queues[queue] ?? "", counts]));
}
