import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { integer, nullable, number, text, uuid } from "@/lib/db/decode";
import type { DecodedRow } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import { groupBy } from "@/lib/model/group-by";
import type { Iso } from "@/lib/model/instants";
import { uuidFloor, uuidMilliseconds } from "@/lib/model/key-range";
import { secondsBetween } from "../scope/elapsed";
import { shownName } from "../scope/names";
import { queryUnion } from "../scope/union";

/** Size of the sample over all queues, and the minimum per queue. */
const TASKS = 12_000;
const LEAST = 100;
const SLICES = 48;

/**
 * The maximum number of index entries counted in slices too large to read, over all queues: about 50 ms. Counting
 * for tenants needs the rows.
 */
const COUNTED = 200_000;
const COUNTED_OF_TENANTS = 40_000;

export type SampledTask = {
  queue: string;
  name: string;
  /** `null` if the task ended without ever starting. */
  waitMs: number | null;
  /** `null` until it has ended. */
  runMs: number | null;
  /** How many tasks of the window it represents. */
  weight: number;
};

/**
 * Tasks spawned since `from`, about equally many of each queue: the first few of each of 48 equal time slices.
 * Larger slices share the rest of the sample, so that up to about 12,000 tasks are read completely, even in
 * bursts. In a slice that is larger still, each task also represents a share of the unread ones: of their counted
 * number if counting was possible, otherwise of an estimate from the density of the tasks read, which is at least
 * the number counted and at most the size of the table.
 */
export async function sampleTasks(
  db: Database,
  queues: string[],
  { from, now, tenant = [] }: { from: number; now: Iso; tenant?: readonly string[] },
): Promise<SampledTask[]> {
  if (queues.length === 0) return [];
  const width = (Date.parse(now) - from) / SLICES;
  const edges = Array.from({ length: SLICES }, (_, n) => uuidFloor(from + n * width));
  // Ids of the current millisecond belong to the window too.
  edges.push(uuidFloor(Date.parse(now) + 1_000));
  const read = (arms: SQL[]) =>
    queryUnion(
      db,
      SAMPLE_ROW,
      arms,
      (union) => sql`with edges(at) as (select ${sql.param(edges)}::uuid[]) ${union}`,
    );

  const few = Math.ceil(Math.max(LEAST, TASKS / queues.length) / SLICES);
  const everySlice = Array.from({ length: SLICES }, (_, slice) => slice);
  const first = await read(
    queues.map((queue, index) => arm(queue, index, everySlice, { limit: few, now, tenant })),
  );
  const slices = groupBy(first, sliceKey);
  const full = [...slices.values()].filter((rows) => rows.length >= few);
  const more = Math.floor((TASKS - first.length) / Math.max(full.length, 1)) + few;
  if (more > few && full.length > 0)
    for (const [key, rows] of groupBy(
      await read(listArms(queues, full, { limit: more, now, tenant })),
      sliceKey,
    ))
      slices.set(key, rows);

  const limit = Math.max(more, few);
  const large = [...slices.values()].filter((rows) => rows.length >= limit);
  const totals = await countSlices(db, queues, large, { edges, tenant });
  return [...slices].flatMap(([key, rows]) => {
    const total = totals.get(key);
    const number =
      total === undefined
        ? rows.length
        : total.complete
          ? total.count
          : clamp(estimateNumber(rows, width, from), total.count, total.tuples);
    const weight = Math.max(1, number / rows.length);
    return rows.map(({ queue, name, waitMs, runMs }) => ({
      queue: queues[queue] ?? "",
      name,
      waitMs,
      runMs,
      weight,
    }));
  });
}

const sliceKey = (row: { queue: number; slice: number }) => row.queue * SLICES + row.slice;

const clamp = (value: number, least: number, most: number) =>
  Math.max(least, Math.min(value, Math.max(least, most)));

/** One arm for each queue that has such slices. */
function listArms(
  queues: readonly string[],
  slices: readonly SampleRow[][],
  options: { limit: number; now: Iso; tenant: readonly string[] },
): SQL[] {
  return groupSlices(slices).map(([index, numbers]) =>
    arm(queues[index] ?? "", index, numbers, options),
  );
}

/** The numbers of these slices by queue. */
function groupSlices(slices: readonly SampleRow[][]): [queue: number, slices: number[]][] {
  const byQueue = groupBy(
    slices.flatMap(([row]) => row ?? []),
    (row) => row.queue,
  );
  return [...byQueue].map(([queue, rows]) => [queue, rows.map((row) => row.slice)]);
}

/** How many tasks the slice has; `tuples` is the size of its queue's table. */
type SliceCount = { count: number; complete: boolean; tuples: number };

/** Counts slices by the primary key, up to an equal share of the budget for each. */
async function countSlices(
  db: Database,
  queues: readonly string[],
  slices: readonly SampleRow[][],
  { edges, tenant }: { edges: readonly string[]; tenant: readonly string[] },
): Promise<Map<number, SliceCount>> {
  if (slices.length === 0) return new Map();
  const restricted = tenant.length > 0 || getTenants() !== null;
  const most = Math.ceil((restricted ? COUNTED_OF_TENANTS : COUNTED) / slices.length);
  const arms = groupSlices(slices).map(([index, numbers]) => {
    const queue = queues[index] ?? "";
    const { tasks } = queueTables(queue, tenant);
    return sql`
      select ${index}::int as queue, slice - 1 as slice, counted.count, size.tuples
      from edges cross join unnest(${sql.param(numbers.map((slice) => slice + 1))}::int[]) slice
      cross join lateral (
        select count(*)::float8 as count from (
          select from ${tasks} where ${tasks.taskId} >= edges.at[slice] and ${tasks.taskId} < edges.at[slice + 1]
          limit ${most}::int
        ) as found
      ) as counted
      cross join (
        select coalesce(sum(greatest(leaf.reltuples, 0)), 0)::float8 as tuples from pg_class leaf
        where leaf.oid in (
          select root.oid from to_regclass(format('absurd.%I', 't_' || ${queue}::text)) as root (oid)
          union select tree.relid
            from to_regclass(format('absurd.%I', 't_' || ${queue}::text)) as root (oid)
            cross join lateral pg_partition_tree(root.oid) as tree)
      ) as size`;
  });
  const rows = await queryUnion(
    db,
    { queue: integer, slice: integer, count: number, tuples: number },
    arms,
    (union) => sql`with edges(at) as (select ${sql.param(edges)}::uuid[]) ${union}`,
  );
  return new Map(
    rows.map((row) => [
      sliceKey(row),
      { count: row.count, complete: row.count < most, tuples: row.tuples },
    ]),
  );
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
  slices: readonly number[],
  { limit, now, tenant }: { limit: number; now: Iso; tenant: readonly string[] },
): SQL {
  const { tasks, runs } = queueTables(queue, tenant);
  const milliseconds = (start: SQLWrapper, end: SQLWrapper) =>
    sql`((${secondsBetween(start, end)}) * 1000)::float8`;
  // The limits force lookups by key: in a plain join the planner may read all runs.
  return sql`(
    select ${index}::int as queue, slice - 1 as slice, task."taskId", task.name, task."waitMs", run."runMs"
    from edges cross join unnest(${sql.param(slices.map((slice) => slice + 1))}::int[]) slice
    cross join lateral (
      select ${tasks.taskId} as "taskId", ${shownName(tasks.name)} as name, ${tasks.lastAttemptRun} as last,
        case when ${tasks.firstStartedAt} is not null
            then ${milliseconds(tasks.enqueuedAt, tasks.firstStartedAt)}
          when ${tasks.state} in ('pending', 'sleeping')
            then ${milliseconds(tasks.enqueuedAt, sql`${now}::timestamptz`)}
        end as "waitMs"
      from ${tasks}
      where ${tasks.taskId} >= edges.at[slice] and ${tasks.taskId} < edges.at[slice + 1]
      order by ${tasks.taskId} limit ${limit}::int
    ) task
    left join lateral (
      select ${milliseconds(runs.startedAt, sql`coalesce(${runs.completedAt}, ${runs.failedAt})`)} as "runMs"
      from ${runs} where ${runs.runId} = task.last limit 1
    ) run on true
  )`;
}

/** The number of tasks if the whole slice were as dense as the part that was read. */
function estimateNumber(rows: readonly SampleRow[], width: number, from: number): number {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return 0;
  const covered = uuidMilliseconds(last.taskId) - (from + first.slice * width);
  return (rows.length * width) / Math.max(covered, 1);
}

/**
 * The smallest value with at least this share of the weight at or below it; `null` if there are no values. With
 * equal weights it is PostgreSQL's `percentile_disc`. The values must be sorted in ascending order.
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
