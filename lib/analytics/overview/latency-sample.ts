import { sql } from "drizzle-orm";
import { integer, nullable, number, text, uuid } from "@/lib/db/decode";
import type { DecodedRow } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import { groupBy } from "../scope/group-by";
import { queryUnion } from "../scope/union";

/** Size of the sample over all queues, and the minimum per queue. */
const TASKS = 12_000;
const LEAST = 100;
const SLICES = 48;

export type SampledTask = {
  queue: string;
  name: string;
  /** `null` where the task ended without ever starting. */
  waitMs: number | null;
  /** `null` until it has ended. */
  runMs: number | null;
  /** How many tasks of the window it represents. */
  weight: number;
};

/**
 * Tasks spawned since `from`, about as many of each queue: the first few of each of 48 equal slices of the time. In
 * a slice that has more than were read, each task also represents a share of the others, estimated from how densely
 * those read lie.
 */
export async function sampleTasks(
  db: Database,
  queues: string[],
  { from, now, tenant = [] }: { from: number; now: Iso; tenant?: readonly string[] },
): Promise<SampledTask[]> {
  if (queues.length === 0) return [];
  const width = (Date.parse(now) - from) / SLICES;
  const edges = Array.from({ length: SLICES }, (_, n) => uuidFloor(from + n * width));
  // Ids of the running millisecond belong to the window too.
  edges.push(uuidFloor(Date.parse(now) + 1_000));
  const each = Math.ceil(Math.max(LEAST, TASKS / queues.length) / SLICES);
  const arms = queues.map((queue, index) => arm(queue, index, { each, now, tenant }));
  const rows = await queryUnion(
    db,
    SAMPLE_ROW,
    arms,
    (union) => sql`with edges(at) as (select ${sql.param(edges)}::uuid[]) ${union}`,
  );
  const slices = groupBy(rows, (row) => row.queue * SLICES + row.slice);
  return [...slices.values()].flatMap((tasks) => {
    const weight = computeWeight(tasks, each, width, from);
    return tasks.map(({ queue, name, waitMs, runMs }) => ({
      queue: queues[queue] ?? "",
      name,
      waitMs,
      runMs,
      weight,
    }));
  });
}

const SAMPLE_ROW = {
  queue: integer,
  slice: integer,
  taskId: uuid,
  name: text,
  waitMs: nullable(number),
  runMs: nullable(number),
};
type SampleRow = DecodedRow<typeof SAMPLE_ROW>;

function arm(
  queue: string,
  index: number,
  { each, now, tenant }: { each: number; now: Iso; tenant: readonly string[] },
) {
  const { tasks, runs } = queueTables(queue, tenant);
  const milliseconds = (interval: ReturnType<typeof sql>) =>
    sql`(extract(epoch from ${interval}) * 1000)::float8`;
  // The limits force lookups by key: in a plain join the planner may read all runs.
  return sql`(
    select ${index}::int as queue, slice - 1 as slice, task."taskId", task.name, task."waitMs", run."runMs"
    from edges cross join generate_series(1, ${SLICES}::int) slice
    cross join lateral (
      select ${tasks.taskId} as "taskId", ${tasks.name} as name, ${tasks.lastAttemptRun} as last,
        case when ${tasks.firstStartedAt} is not null
            then ${milliseconds(sql`${tasks.firstStartedAt} - ${tasks.enqueuedAt}`)}
          when ${tasks.state} in ('pending', 'sleeping')
            then ${milliseconds(sql`${now}::timestamptz - ${tasks.enqueuedAt}`)}
        end as "waitMs"
      from ${tasks}
      where ${tasks.taskId} >= edges.at[slice] and ${tasks.taskId} < edges.at[slice + 1]
      order by ${tasks.taskId} limit ${each}::int
    ) task
    left join lateral (
      select ${milliseconds(sql`coalesce(${runs.completedAt}, ${runs.failedAt}) - ${runs.startedAt}`)} as "runMs"
      from ${runs} where ${runs.runId} = task.last limit 1
    ) run on true
  )`;
}

function computeWeight(tasks: SampleRow[], each: number, width: number, from: number): number {
  const [first, last] = [tasks[0], tasks.at(-1)];
  if (!first || !last || tasks.length < each) return 1;
  const begin = from + first.slice * width;
  const covered = uuidMilliseconds(last.taskId) - begin;
  return Math.max(1, width / Math.max(covered, 1));
}

/**
 * The smallest value at or below which at least this share of the weight lies; `null` of nothing. With equal weights it
 * is PostgreSQL's `percentile_disc`. The values must be given in ascending order.
 */
export function weightedQuantile(
  sorted: readonly { value: number; weight: number }[],
  share: number,
): number | null {
  const target = share * sorted.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  for (const { value, weight } of sorted) {
    reached += weight;
    if (reached >= target) return value;
  }
  return sorted.at(-1)?.value ?? null;
}
