import "server-only";
import { sql } from "drizzle-orm";
import { instant, integer, nullable, number } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { secondsBetween } from "./scope/elapsed";
import { isRecent } from "./scope/recent-tasks";
import { withQueues } from "./scope/registry";

/** How many of the queue's newest tasks to scan, of any name. */
const TASKS = 5_000;
/** Maximum number of completed tasks that are measured. */
const SAMPLE = 200;
/** The minimum number of tasks for a baseline. */
const LEAST = 8;

const NOTHING_MEASURED = { tasks: 0, from: null, to: null, attemptMs: null, taskMs: null };

/** Baseline durations of the recent completed tasks of one name. */
export type Baseline = {
  /** How many were measured, and when the first and the last of them were spawned. */
  tasks: number;
  from: Iso;
  to: Iso;
  /** The median from the last claim of the last attempt to its end, in milliseconds. */
  attemptMs: number;
  /** The median from a task's first start to its end, waits and retries included, in milliseconds. */
  taskMs: number;
};

/**
 * The baseline of a task name in a queue: medians over at most 200 completed tasks among the queue's newest 5,000;
 * `null` if there are fewer than eight. A range of the primary key, then one run per task: the cost doesn't grow
 * with the tables.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function getBaseline(
  queue: string,
  name: string,
  options: ReadOptions = {},
): Promise<{ usual: Baseline | null }> {
  return withQueues([queue], options, async ({ db }) => {
    const { tasks, runs } = queueTables(queue);
    const newest = db
      .select({
        id: tasks.taskId,
        name: sql`${tasks.name}`.as("name"),
        state: sql`${tasks.state}`.as("state"),
        started: sql`${tasks.firstStartedAt}`.as("started"),
        enqueued: sql`${tasks.enqueuedAt}`.as("enqueued"),
        last: sql`${tasks.lastAttemptRun}`.as("last"),
      })
      .from(tasks)
      .where(isRecent(queue, tasks.taskId))
      .orderBy(sql`${tasks.taskId} desc`)
      .limit(TASKS)
      .as("newest");
    const median = (from: ReturnType<typeof sql>) =>
      sql`percentile_disc(0.5) within group (order by (${secondsBetween(from, sql`ended`)}) * 1000)::float8`;
    // The limit forces one lookup by key per task, never a join over the whole table of runs.
    const columns = {
      tasks: integer,
      from: nullable(instant),
      to: nullable(instant),
      attemptMs: nullable(number),
      taskMs: nullable(number),
    };
    const [measured] = await query(
      db,
      columns,
      sql`
      select count(*)::int as "tasks", min(enqueued)::text as "from", max(enqueued)::text as "to",
        ${median(sql`claimed`)} as "attemptMs", ${median(sql`started`)} as "taskMs"
      from (
        select started, enqueued, run.claimed, run.ended
        from (select * from ${newest} where name = ${name} and state = 'completed' limit ${SAMPLE}::int) finished
        cross join lateral (
          select ${runs.startedAt} as claimed, ${runs.completedAt} as ended
          from ${runs} where ${runs.runId} = finished.last limit 1
        ) run
        where run.claimed is not null and run.ended is not null and started is not null
      ) measured`,
    );
    const { tasks: count, from, to, attemptMs, taskMs } = measured ?? NOTHING_MEASURED;
    if (count < LEAST || from === null || to === null || attemptMs === null || taskMs === null)
      return { usual: null };
    return { usual: { tasks: count, from, to, attemptMs, taskMs } };
  });
}
