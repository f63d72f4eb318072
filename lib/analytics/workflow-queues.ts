import "server-only";
import { and, desc, sql } from "drizzle-orm";
import { instant, integer, nullable, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { isRecent } from "./scope/recent-tasks";
import { withQueues } from "./scope/registry";
import { getWorkflowColumns } from "./workflows/tables";

/** The number of a queue's newest tasks to scan. */
const LOOKED_AT = 5_000;

/** Whether workers of a queue claim tasks of a name, judged by its newest tasks. */
export type Takers = {
  /** The latest claim among them; `null` if none was claimed. */
  lastTakenAt: Iso | null;
  /** Number of tasks that have been ready for more than half a minute and are not claimed. */
  waiting: number;
};

/**
 * Whether workers of a queue claim tasks of a name. Workers don't announce which names they handle, so this is
 * inferred from the newest 5,000 tasks.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function getTakers(queue: string, name: string, options: ReadOptions = {}): Promise<Takers> {
  return withQueues([queue], options, async ({ db, now }) => {
    const { tasks } = queueTables(queue);
    const newest = db
      .select({
        name: tasks.name,
        state: tasks.state,
        enqueuedAt: tasks.enqueuedAt,
        takenAt: tasks.firstStartedAt,
      })
      .from(tasks)
      .where(and(isRecent(queue, tasks.taskId)))
      .orderBy(desc(tasks.taskId))
      .limit(LOOKED_AT)
      .as("newest");
    const [found] = await db
      .select({
        lastTakenAt: sql`max(${newest.takenAt})`.mapWith(nullable(instant)),
        waiting:
          sql`count(*) filter (where ${newest.takenAt} is null and ${newest.state} = 'pending'
          and ${newest.enqueuedAt} < ${now}::timestamptz - interval '30 seconds')`.mapWith(integer),
      })
      .from(newest)
      .where(sql`${newest.name} = ${name}`);
    return found ?? { lastTakenAt: null, waiting: 0 };
  });
}

/**
 * The queues to choose from, and the queue of the latest run of this workflow name, if any.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function listRunQueues(
  workflowName: string,
  options: ReadOptions = {},
): Promise<{ queues: string[]; last: string | null }> {
  return withQueues([], options, async ({ db, queues }) => {
    const names = queues.map(({ name }) => name);
    const columns = await getWorkflowColumns(db, queues);
    const last = await findLastQueue(db, columns, workflowName);
    return { queues: names, last: last !== null && names.includes(last) ? last : null };
  });
}

async function findLastQueue(
  db: Database,
  { runs, dated, from }: Awaited<ReturnType<typeof getWorkflowColumns>>,
  workflowName: string,
): Promise<string | null> {
  if (!runs.has("absurd_queue") || !runs.has("workflow_name")) return null;
  const order = dated ? sql`w.created_at desc` : sql`w.workflow_run_id desc`;
  const [row] = await query(
    db,
    { queue: text },
    sql`
    select w.absurd_queue::text as queue from ${from.runs}
    where w.workflow_name = ${workflowName} and w.absurd_queue is not null
    order by ${order} limit 1`,
  );
  return row?.queue ?? null;
}
