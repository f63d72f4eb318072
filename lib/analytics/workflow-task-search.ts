import { and, gte, lt, sql } from "drizzle-orm";
import type { Uuid } from "@/lib/absurd/types";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { getTenants, isTenantOf } from "@/lib/db/tenants";
import { type KeyRange, successor, uuidFloor, uuidMilliseconds } from "./keys";

/** How long one question may look for tasks, in milliseconds. What is missing then is looked for by the next one. */
const BUDGET = 800;
/** Tasks read at a time. */
const STEP = 5_000;
/** A task whose transaction began this long ago, in milliseconds, may still appear below ids that were seen. */
const SETTLED_AFTER = 60_000;
/** Of more tasks than this the rest is not looked for. */
const MOST_TASKS = 1_000;
const MOST_REMEMBERED = 200;

export type FoundTask = { queue: string; taskId: Uuid };

/** `rest` is the first id that was not looked at, `null` when the search is done; `full` when it gave up for the number. */
export type TaskSearchResult = { found: FoundTask[]; rest: Uuid | null; full: boolean };

/** What is known of one queue: the tasks found below `next`. */
type Progress = { next: Uuid; tasks: Set<Uuid> };

// A task's headers never change and ids only grow, so what was looked at once need not be read by each refresh. It is
// only a memory: without it the search begins anew.
const remembered = new Map<string, Progress>();

/**
 * The tasks of these queues in a range of ids that carry a workflow run in their headers. No index serves that, so the
 * range should be the run's life; it is read forwards in steps, queue by queue, until it is at its end or the time is
 * used up. A later call goes on from there.
 */
export async function searchWorkflowTasks(
  db: Database,
  queues: readonly string[],
  workflowRunId: Uuid,
  range: KeyRange,
  { signal }: ReadOptions = {},
): Promise<TaskSearchResult> {
  const deadline = performance.now() + BUDGET;
  const found: FoundTask[] = [];
  let rest: Uuid | null = null;
  for (const queue of queues) {
    const progress = recall(`${queue}/${workflowRunId}/${range.from}`, range.from);
    while (progress.next < range.to && found.length + progress.tasks.size < MOST_TASKS) {
      signal?.throwIfAborted();
      if (performance.now() > deadline) break;
      await advance(db, queue, workflowRunId, progress, range.to);
    }
    if (progress.next < range.to && (rest === null || progress.next < rest)) rest = progress.next;
    for (const taskId of [...progress.tasks].sort()) found.push({ queue, taskId });
    keepBelow(progress, range.to);
  }
  const full = found.length >= MOST_TASKS;
  return { found: found.slice(0, MOST_TASKS), rest: full ? null : rest, full };
}

async function advance(
  db: Database,
  queue: string,
  workflowRunId: Uuid,
  progress: Progress,
  to: Uuid,
): Promise<void> {
  // A step is of so many tasks whoever they belong to, or the steps of a small tenant would be long.
  const { tasks, tenantId } = queueTablesOfAllTenants(queue);
  const tenants = getTenants();
  const step = db
    .select({
      id: tasks.taskId,
      headers: tasks.headers,
      ...(tenants === null ? {} : { tenant: sql`${tenantId}`.as("tenant") }),
    })
    .from(tasks)
    .where(and(gte(tasks.taskId, progress.next), lt(tasks.taskId, to)))
    .orderBy(tasks.taskId)
    .limit(STEP);
  const { rows } = await db.execute<{ read: number; last: Uuid | null; ids: Uuid[] | null }>(sql`
    select count(*)::int as read, max(task_id::text) as last,
      array_agg(task_id::text) filter (
        where headers ->> 'workflow_run_id' = ${workflowRunId}
          ${tenants === null ? sql`` : sql`and ${isTenantOf(tenants, sql`tenant`)}`}
      ) as ids
    from ${step} as step`);
  for (const id of rows[0]?.ids ?? []) progress.tasks.add(id);
  const last = rows[0]?.last;
  progress.next = last && rows[0]?.read === STEP ? successor(last) : to;
}

/** Ids that are still settling are read again next time. */
function keepBelow(progress: Progress, end: Uuid): void {
  const settled = uuidFloor(uuidMilliseconds(end) - 2 * SETTLED_AFTER);
  if (progress.next > settled) progress.next = settled;
}

function recall(key: string, from: Uuid): Progress {
  const progress = remembered.get(key) ?? { next: from, tasks: new Set<Uuid>() };
  if (progress.next < from) progress.next = from;
  // Moved to the end: the first is the one that nobody asked for longest.
  remembered.delete(key);
  remembered.set(key, progress);
  const oldest = remembered.keys().next().value;
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return progress;
}
