import { sql } from "drizzle-orm";
import { array, integer } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { ATTEMPT_OUTCOMES, type AttemptCounts, type AttemptOutcome } from "@/lib/model/count";
import { gridEdges, type TimeGrid } from "../scope/time-grid";
import { queryUnion } from "../scope/union";

/**
 * Exact counts of the attempts of each queue by when a worker last claimed them (`available_at`, which every claim
 * sets) and by their outcome; outcomes that are not in `outcomes` stay empty. Uses only the index of runs, so the
 * cost depends on the attempts of the window, never on the tables. Attempts that were suspended or cancelled since
 * are not counted.
 */
export async function countAttempts(
  db: Database,
  queues: string[],
  grid: TimeGrid,
  outcomes: readonly AttemptOutcome[],
  tenants: readonly string[] = [],
): Promise<Map<string, AttemptCounts>> {
  const edges = sql.param(gridEdges(grid));
  const arms = queues.map((queue, index) => {
    const { runs } = queueTables(queue, tenants);
    const counts = ATTEMPT_OUTCOMES.map((outcome) =>
      outcomes.includes(outcome)
        ? sql`array(
        select (
          select count(*)::int from ${runs}
          where ${runs.state} = ${sql.raw(`'${outcome}'`)}
            and ${runs.availableAt} >= edges.at[bucket] and ${runs.availableAt} < edges.at[bucket + 1]
        )
        from generate_series(1, ${grid.buckets}::int) bucket order by bucket
      ) as ${sql.raw(outcome)}`
        : sql`'{}'::int[] as ${sql.raw(outcome)}`,
    );
    return sql`select ${index}::int as queue, ${sql.join(counts, sql`, `)} from edges`;
  });
  const count = array(integer);
  const rows = await queryUnion(
    db,
    { queue: integer, completed: count, failed: count, running: count },
    arms,
    (union) => sql`with edges(at) as (select ${edges}::timestamptz[]) ${union}`,
  );
  return new Map(rows.map(({ queue, ...counts }) => [queues[queue] ?? "", counts]));
}
