import "server-only";
import { desc, eq, sql } from "drizzle-orm";
import { instant, integer, nullable } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import { type Database, keepPlans, type ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import { isActive } from "@/lib/model/states";
import type { Checkpoint, Run, Task, TaskDetail, Wait } from "@/lib/model/task";
import { listClaimFacts } from "./queues/claims";
import { inlineLimit } from "./scope/payload";
import { type RegisteredQueue, withQueues } from "./scope/registry";
import { findCancellation } from "./task/cancelled-by";
import { checkpointColumns, runColumns, taskDetailColumns } from "./task/columns";
import { listEmissions } from "./task/emissions";

/** Limits that keep the result bounded; the newest rows are returned. */
export type TaskLimits = { runs: number; checkpoints: number };
const LIMITS: TaskLimits = { runs: 500, checkpoints: 2_000 };

/**
 * Everything the engine keeps about one task, in one snapshot: runs by attempt, checkpoints in the order in which
 * they were written. For large JSON values only the size.
 *
 * @throws ProblemError `task_not_found`, and as `withQueues` does.
 */
export function getTask(
  queueName: string,
  taskId: Uuid,
  { limits = LIMITS, ...options }: ReadOptions & { limits?: TaskLimits } = {},
): Promise<TaskDetail> {
  return withQueues([queueName], options, async ({ db, now, queues: [queue] }) => {
    if (!queue) throw taskNotFound(queueName, taskId);
    const tables = queueTables(queueName);
    const kept = keepPlans(db);
    const [task, total, waits] = await Promise.all([
      findTask(kept, queue, taskId),
      countRows(kept, tables, taskId),
      listWaits(kept, tables, taskId),
    ]);
    if (!task) throw taskNotFound(queueName, taskId);
    const [runs, checkpoints] = await Promise.all([
      listRuns(kept, queue, taskId, Math.min(total.runs, limits.runs)),
      listCheckpoints(kept, tables, taskId, Math.min(total.checkpoints, limits.checkpoints)),
    ]);
    const shown = {
      task,
      runs: runs.reverse(),
      checkpoints: checkpoints.reverse(),
      waits,
    };
    const claims =
      isActive(task.state) && getTenants() === null
        ? await getClaims(db, queueName, findCurrentRunRow(task, shown.runs), now)
        : null;
    const cancelledBy =
      task.state === "cancelled" ? await findCancellation(db, queueName, taskId) : null;
    const [emissions = { eventsEmittedAt: {} }] = await listEmissions(db, queueName, [shown]);
    return {
      ...shown,
      ...emissions,
      ...(claims ? { claims } : {}),
      ...(cancelledBy ? { cancelledBy } : {}),
      now,
      ...describeTruncation(
        total.runs - shown.runs.length,
        total.checkpoints - shown.checkpoints.length,
      ),
    };
  });
}

const findCurrentRunRow = (task: Task, runs: readonly Run[]) =>
  runs.find((run) => run.runId === task.lastAttemptRun);

/** The maximum number of ready runs counted ahead of a task. */
const MOST_AHEAD = 1_000;

/**
 * Claims on the queue, and how many ready runs are claimed before this one: ordered by when they became ready,
 * then by id.
 */
async function getClaims(
  db: Database,
  queue: string,
  run: Run | undefined,
  now: Iso,
): Promise<TaskDetail["claims"]> {
  const facts = (await listClaimFacts(db, [queue], now)).get(queue);
  if (!facts) return undefined;
  if (!run || (run.state !== "pending" && run.state !== "sleeping"))
    return { ...facts, ahead: { value: 0, precision: "exact" } };
  const { runs } = queueTables(queue);
  const [count] = await query(
    db,
    { ahead: integer },
    sql`
    select count(*)::int as ahead from (
      select from ${runs} other
      cross join (select ${runs.availableAt} as at from ${runs} where ${runs.runId} = ${run.runId}::uuid) own
      where other.state in ('pending', 'sleeping')
        and other.available_at <= least(own.at, ${now}::timestamptz)
        and (other.available_at, other.run_id) < (own.at, ${run.runId}::uuid)
      limit ${MOST_AHEAD + 1}::int
    ) earlier`,
  );
  const ahead = count?.ahead ?? 0;
  return {
    ...facts,
    ahead:
      ahead > MOST_AHEAD
        ? { value: MOST_AHEAD, precision: "capped" }
        : { value: ahead, precision: "exact" },
  };
}

/** The problem of a task that is not in its queue. */
export function taskNotFound(queue: string, taskId: Uuid): ProblemError {
  return new ProblemError({
    code: "task_not_found",
    message: `There is no task ${taskId} in queue "${queue}".`,
    hint: "It may have been cleaned up.",
  });
}

function describeTruncation(runs: number, checkpoints: number): Pick<TaskDetail, "truncated"> {
  if (runs <= 0 && checkpoints <= 0) return {};
  return {
    truncated: { ...(runs > 0 ? { runs } : {}), ...(checkpoints > 0 ? { checkpoints } : {}) },
  };
}

async function findTask(
  db: Database,
  queue: RegisteredQueue,
  taskId: Uuid,
): Promise<Task | undefined> {
  const { tasks } = queueTables(queue.name);
  const [row] = await db
    .select(taskDetailColumns(queue))
    .from(tasks)
    .where(eq(tasks.taskId, taskId));
  return row;
}

/** Counts a task's runs and checkpoints; the limit on the length of their values follows from it. */
async function countRows(
  db: Database,
  { runs, checkpoints }: QueueTables,
  taskId: Uuid,
): Promise<{ runs: number; checkpoints: number }> {
  const [count] = await query(
    db,
    { runs: integer, checkpoints: integer },
    sql`
    select (select count(*)::int from ${runs} where ${runs.taskId} = ${taskId}::uuid) as runs,
      (select count(*)::int from ${checkpoints} where ${checkpoints.taskId} = ${taskId}::uuid) as checkpoints`,
  );
  return count ?? { runs: 0, checkpoints: 0 };
}

function listRuns(
  db: Database,
  queue: RegisteredQueue,
  taskId: Uuid,
  rows: number,
): Promise<Run[]> {
  const tables = queueTables(queue.name);
  const { runs } = tables;
  const limit = inlineLimit(3 * rows);
  return db
    .select({
      ...runColumns(tables, limit),
      ...(queue.hasHeartbeat
        ? { lastHeartbeat: sql`last_heartbeat`.mapWith(nullable(instant)) }
        : {}),
    })
    .from(runs)
    .where(eq(runs.taskId, taskId))
    .orderBy(desc(runs.attempt), desc(runs.runId))
    .limit(rows);
}

function listCheckpoints(
  db: Database,
  tables: QueueTables,
  taskId: Uuid,
  rows: number,
): Promise<Checkpoint[]> {
  const { checkpoints } = tables;
  return db
    .select(checkpointColumns(tables, inlineLimit(rows)))
    .from(checkpoints)
    .where(eq(checkpoints.taskId, taskId))
    .orderBy(desc(checkpoints.updatedAt), desc(checkpoints.name))
    .limit(rows);
}

function listWaits(db: Database, { waits }: QueueTables, taskId: Uuid): Promise<Wait[]> {
  return db
    .select()
    .from(waits)
    .where(eq(waits.taskId, taskId))
    .orderBy(waits.createdAt, waits.stepName)
    .limit(LIMITS.runs);
}
