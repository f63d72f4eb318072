import { inArray, sql } from "drizzle-orm";
import type { Uuid } from "@/lib/absurd/types";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { readEmissions } from "./emissions";
import type { FoundTask } from "./header-search";
import { payload } from "./payload";
import type { RegisteredQueue } from "./registry";
import type { Checkpoint, Iso, Run, Task, TaskDetail, Wait } from "./types";
import { recordedValue, taskReport, toTaskRecord } from "./workflow-records";
import type { TaskRecord } from "./workflow-types";

/** JSON values come only as long as a line or two shows of them: the task's own page has the rest. */
const VALUE_LIMIT = 600;
/** Of each table and queue, so that an answer stays bounded whatever the run did. */
const MOST_ROWS = 5_000;

/** A task with all that is kept about it, and what its values say of the workflow. */
export type WorkflowTaskDetail = { detail: TaskDetail; record: TaskRecord };

/**
 * Everything the engine keeps about these tasks, as `getTask` gives it for one, a few statements a queue. In the order
 * given; tasks that are gone are left out. What was cut off is said in `truncated` of each task.
 */
export async function readTaskDetails(
  db: Database,
  queues: readonly RegisteredQueue[],
  tasks: readonly FoundTask[],
  now: Iso,
): Promise<WorkflowTaskDetail[]> {
  const details = new Map<Uuid, WorkflowTaskDetail>();
  for (const queue of queues) {
    const ids = tasks.flatMap((task) => (task.queue === queue.name ? [task.taskId] : []));
    if (ids.length === 0) continue;
    for (const found of await readQueue(db, queue, ids, now))
      details.set(found.detail.task.taskId, found);
  }
  return tasks.flatMap(({ taskId }) => details.get(taskId) ?? []);
}

async function readQueue(
  db: Database,
  queue: RegisteredQueue,
  ids: Uuid[],
  now: Iso,
): Promise<WorkflowTaskDetail[]> {
  const tasks = await readTasks(db, queue, ids);
  const runs = await readRuns(db, queue.name, ids);
  const checkpoints = await readCheckpoints(db, queue.name, ids);
  const waits = await readWaits(db, queue.name, ids);
  const cutRuns = runs.length >= MOST_ROWS;
  const cutCheckpoints = checkpoints.length >= MOST_ROWS;
  const truncated = {
    ...(cutRuns ? { runs: true as const } : {}),
    ...(cutCheckpoints ? { checkpoints: true as const } : {}),
  };
  const [runsOf, checkpointsOf, waitsOf] = [byTask(runs), byTask(checkpoints), byTask(waits)];
  const found = tasks.map(({ report, ...task }) => {
    const own = (checkpointsOf.get(task.taskId) ?? []).reverse();
    return {
      task,
      runs: (runsOf.get(task.taskId) ?? []).reverse(),
      checkpoints: own.map(({ recorded: _, ...checkpoint }) => checkpoint),
      waits: waitsOf.get(task.taskId) ?? [],
      record: toTaskRecord(report, own),
    };
  });
  const emissions = await readEmissions(db, queue.name, found);
  return found.map(({ record, ...rows }, index) => {
    const detail: TaskDetail = {
      ...rows,
      eventsEmittedAt: {},
      ...emissions[index],
      now,
      ...(cutRuns || cutCheckpoints ? { truncated } : {}),
    };
    return { detail, record };
  });
}

function byTask<Row extends { taskId: Uuid }>(rows: Row[]): Map<Uuid, Row[]> {
  const groups = new Map<Uuid, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.taskId);
    if (group) group.push(row);
    else groups.set(row.taskId, [row]);
  }
  return groups;
}

function readTasks(
  db: Database,
  queue: RegisteredQueue,
  ids: Uuid[],
): Promise<(Task & { report: string })[]> {
  const { tasks, tenantId } = queueTables(queue.name);
  return db
    .select({
      queue: sql<string>`${queue.name}::text`,
      taskId: tasks.taskId,
      name: tasks.name,
      state: tasks.state,
      attempts: tasks.attempts,
      maxAttempts: tasks.maxAttempts,
      enqueuedAt: tasks.enqueuedAt,
      firstStartedAt: tasks.firstStartedAt,
      cancelledAt: tasks.cancelledAt,
      lastAttemptRun: tasks.lastAttemptRun,
      idempotencyKey: queue.hasIdempotencyKey
        ? tasks.idempotencyKey
        : sql<string | null>`null::text`.as("idempotency_key"),
      tenantId: sql<string | null>`left(${tenantId}, 200)`,
      workflowRunId: sql<string | null>`left(${tasks.headers} ->> 'workflow_run_id', 200)`,
      params: payload(tasks.params, VALUE_LIMIT),
      headers: payload(tasks.headers, VALUE_LIMIT),
      retryStrategy: payload(tasks.retryStrategy, VALUE_LIMIT),
      cancellation: payload(tasks.cancellation, VALUE_LIMIT),
      result: payload(tasks.result, VALUE_LIMIT),
      report: taskReport(tasks),
    })
    .from(tasks)
    .where(inArray(tasks.taskId, ids));
}

function readRuns(db: Database, queue: string, ids: Uuid[]): Promise<Run[]> {
  const { runs } = queueTables(queue);
  return db
    .select({
      runId: runs.runId,
      taskId: runs.taskId,
      attempt: runs.attempt,
      state: runs.state,
      claimedBy: runs.claimedBy,
      claimExpiresAt: runs.claimExpiresAt,
      availableAt: runs.availableAt,
      startedAt: runs.startedAt,
      completedAt: runs.completedAt,
      failedAt: runs.failedAt,
      createdAt: runs.createdAt,
      wakeEvent: runs.wakeEvent,
      eventPayload: payload(runs.eventPayload, VALUE_LIMIT),
      result: payload(runs.result, VALUE_LIMIT),
      failureReason: payload(runs.failureReason, VALUE_LIMIT),
    })
    .from(runs)
    .where(inArray(runs.taskId, ids))
    .orderBy(sql`${runs.attempt} desc, ${runs.runId} desc`)
    .limit(MOST_ROWS);
}

function readCheckpoints(
  db: Database,
  queue: string,
  ids: Uuid[],
): Promise<(Checkpoint & { taskId: Uuid; recorded: string | null })[]> {
  const { checkpoints } = queueTables(queue);
  return db
    .select({
      taskId: checkpoints.taskId,
      name: checkpoints.name,
      state: payload(checkpoints.state, VALUE_LIMIT),
      recorded: recordedValue(checkpoints),
      status: checkpoints.status,
      ownerRunId: checkpoints.ownerRunId,
      updatedAt: checkpoints.updatedAt,
    })
    .from(checkpoints)
    .where(inArray(checkpoints.taskId, ids))
    .orderBy(sql`${checkpoints.updatedAt} desc, ${checkpoints.name} desc`)
    .limit(MOST_ROWS);
}

function readWaits(db: Database, queue: string, ids: Uuid[]): Promise<Wait[]> {
  const { waits } = queueTables(queue);
  return db
    .select()
    .from(waits)
    .where(inArray(waits.taskId, ids))
    .orderBy(waits.createdAt, waits.stepName)
    .limit(MOST_ROWS);
}
