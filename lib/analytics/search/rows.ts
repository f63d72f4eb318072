import { inArray, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { nullable, text } from "@/lib/db/decode";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { TaskState } from "@/lib/model/states";
import type { RunSummary, TaskSummary } from "@/lib/model/task";
import { formatPath, type JsonPath } from "@/lib/search-params/tasks/conditions";
import { columnText, redactColumn, redactErrorPart } from "../scope/redact";

/** The columns of a listed task: never a payload. */
export function taskColumns(queue: string, { tasks, tenantId }: QueueTables) {
  return {
    queue: sql`${queue}::text`.mapWith(text).as("queue"),
    taskId: tasks.taskId,
    name: tasks.name,
    state: tasks.state,
    attempts: tasks.attempts,
    maxAttempts: tasks.maxAttempts,
    enqueuedAt: tasks.enqueuedAt,
    firstStartedAt: tasks.firstStartedAt,
    cancelledAt: tasks.cancelledAt,
    lastAttemptRun: tasks.lastAttemptRun,
    tenantId: shorten(tenantId).as("tenant_id"),
    workflowRunId: shorten(sql`${tasks.headers} ->> 'workflow_run_id'`).as("workflow_run_id"),
  };
}

/** A listed task without its last attempt, which `withLastRuns` adds. */
export type TaskRow = Omit<TaskSummary, "endedAt" | "run"> & {
  cancelledAt: string | null;
  lastAttemptRun: Uuid | null;
};

/** Adds each task's last attempt, in the order given. Reads one run per task, by primary key. */
export async function withLastRuns(db: Database, rows: TaskRow[]): Promise<TaskSummary[]> {
  const [first, ...rest] = [...new Set(rows.map((row) => row.queue))].map((queue) => {
    const { runs } = queueTables(queue);
    const ids = rows.flatMap((row) => (row.queue === queue ? (row.lastAttemptRun ?? []) : []));
    return db
      .select({
        runId: runs.runId,
        state: runs.state,
        claimedBy: runs.claimedBy,
        claimExpiresAt: runs.claimExpiresAt,
        availableAt: runs.availableAt,
        startedAt: runs.startedAt,
        completedAt: runs.completedAt,
        failedAt: runs.failedAt,
        wakeEvent: runs.wakeEvent,
        errorName: sql`left(${runs.failureReason} ->> 'name', 300)`
          .mapWith(nullable(text))
          .as("error_name"),
        errorMessage: sql`left(
          case jsonb_typeof(${runs.failureReason})
            when 'object' then ${runs.failureReason} ->> 'message'
            else ${runs.failureReason} #>> '{}'
          end, 300)`
          .mapWith(nullable(text))
          .as("error_message"),
      })
      .from(runs)
      .where(sql`${runs.runId} = any(${sql.param(ids)}::uuid[])`);
  });
  if (!first) return [];
  const [second, ...others] = rest;
  const found = await (second ? unionAll(first, second, ...others) : first);
  const byId = new Map(found.map((run) => [run.runId, run]));
  return rows.map(({ cancelledAt, lastAttemptRun, ...task }) => {
    const last = lastAttemptRun === null ? undefined : byId.get(lastAttemptRun);
    if (!last) return { ...task, endedAt: cancelledAt, run: null };
    const { completedAt, failedAt, errorName, errorMessage, ...run } = last;
    return {
      ...task,
      endedAt: getEnd(task.state, cancelledAt, last),
      run: {
        ...run,
        errorName: redactErrorPart("name", errorName),
        errorMessage: redactErrorPart("message", errorMessage),
      } satisfies RunSummary,
    };
  });
}

function getEnd(
  state: TaskState,
  cancelledAt: string | null,
  run: { completedAt: string | null; failedAt: string | null },
): string | null {
  if (state === "cancelled") return cancelledAt;
  if (state === "completed") return run.completedAt;
  return state === "failed" ? run.failedAt : null;
}

function shorten(value: SQL): SQL<string | null> {
  return sql`left(${value}, 200)`.mapWith(nullable(text));
}

/**
 * Adds the values at these paths to tasks, in the order given: the text of a string, the JSON text of anything else, at
 * most 200 characters, and `null` where there is no value. Reads each task once more, by primary key. Paths into an error
 * read that of the last attempt.
 */
export async function withColumns(
  db: Database,
  rows: TaskSummary[],
  columns: JsonPath[],
): Promise<TaskSummary[]> {
  if (rows.length === 0 || columns.length === 0) return rows;
  const values = new Map<string, Record<string, string | null>>();
  for (const queue of new Set(rows.map((row) => row.queue))) {
    const { tasks, runs } = queueTables(queue);
    const columnOf = { params: tasks.params, headers: tasks.headers, result: tasks.result };
    const ids = rows.flatMap((row) => (row.queue === queue ? row.taskId : []));
    const fields: Record<string, SQL.Aliased<string | null>> = Object.fromEntries(
      columns.map(({ source, steps }, index) => {
        const value =
          source === "error"
            ? sql`(select ${runs.failureReason} from ${runs}
                where ${runs.runId} = ${tasks.lastAttemptRun})`
            : sql`${columnOf[source]}`;
        return [`c${index}`, columnText(value, steps).as(`c${index}`)];
      }),
    );
    const found = await db
      .select({ taskId: tasks.taskId, fields })
      .from(tasks)
      .where(inArray(tasks.taskId, ids));
    for (const { taskId, fields: row } of found)
      values.set(
        `${queue}/${taskId}`,
        Object.fromEntries(
          columns.map((path, index) => [
            formatPath(path),
            redactColumn(path, row[`c${index}`] ?? null),
          ]),
        ),
      );
  }
  return rows.map((row) => ({ ...row, columns: values.get(`${row.queue}/${row.taskId}`) ?? {} }));
}
