import { and, sql } from "drizzle-orm";
import { boolean, instant, integer, nullable, oneOf, text, uuid } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { compareInstants, type Iso } from "@/lib/model/instants";
import { TASK_STATES, type TaskState } from "@/lib/model/states";
import { errorSummary, toErrorSummary } from "../scope/error-head";
import { queryUnion } from "../scope/union";

/** A failed attempt with the current state of its task. */
export type FailedAttempt = {
  queue: string;
  taskId: Uuid;
  taskName: string;
  taskState: TaskState;
  tenantId: string | null;
  /** Whether the task has attempts left; a failed task has some left if its retry strategy was refused. */
  attemptsLeft: boolean;
  attempt: number;
  /** Whether it is the latest failed attempt of the task. */
  isLatest: boolean;
  failedAt: Iso;
  errorName: string | null;
  /** The first 300 characters, or the stored value if it has no message; empty if no reason is stored. */
  message: string;
  /** Whether `message` is a stored value. */
  isValue: boolean;
};

type Wanted = {
  since: Iso;
  /** Skips attempts last claimed before this. */
  claimedSince: Iso;
  names: string[];
  tenants: string[];
  limit: number;
  /** Only attempts that were claimed and failed before this. */
  before?: Iso;
};

/**
 * The newest failed attempts of these queues, latest claim first, at most `limit`; `more` is set if there are
 * others. One statement: a range of the index of runs by state, then one task per run by primary key.
 */
export async function listFailedAttempts(
  db: Database,
  queues: string[],
  { since, claimedSince, names, tenants, limit, before }: Wanted,
): Promise<{ rows: FailedAttempt[]; more: boolean }> {
  if (queues.length === 0) return { rows: [], more: false };
  const arms = queues.map((queue, index) => {
    const { runs, tasks, tenantId } = queueTables(queue, tenants);
    // No upper bound: a run that failed while sleeping kept its wake time.
    const failed = db
      .select({
        runId: runs.runId,
        taskId: runs.taskId,
        attempt: runs.attempt,
        availableAt: runs.availableAt,
        failedAt: runs.failedAt,
        reason: runs.failureReason,
      })
      .from(runs)
      .where(
        and(
          sql`${runs.state} = 'failed'`,
          sql`${runs.availableAt} >= ${claimedSince}::timestamptz`,
          sql`${runs.failedAt} >= ${since}::timestamptz`,
          before ? sql`${runs.availableAt} < ${before}::timestamptz` : undefined,
          before ? sql`${runs.failedAt} < ${before}::timestamptz` : undefined,
        ),
      )
      .orderBy(sql`${runs.availableAt} desc`)
      .limit(limit + 1)
      .as("failed");
    // The limit forces a lookup by key: in a plain join the planner may read all tasks.
    return sql`(
      select ${index}::int as queue, failed.*, task.*
      from ${failed}
      cross join lateral (
        select ${tasks.name} as "taskName", ${tasks.state} as "taskState",
          left(${tenantId}, 200) as "tenantId", ${tasks.maxAttempts} is null or ${tasks.attempts} < ${tasks.maxAttempts} as "attemptsLeft",
          case when ${tasks.lastAttemptRun} = failed.run_id then true
            when ${tasks.state} = 'failed' or ${tasks.attempts} <> failed.attempt + 1 then false
            -- A task cancelled by its max_duration has a failed attempt as its last.
            when ${tasks.state} = 'cancelled' then (
              select ${runs.state} <> 'failed' from ${runs} where ${runs.runId} = ${tasks.lastAttemptRun}
            )
            else true
          end as "isLatest"
        from ${tasks} where ${tasks.taskId} = failed.task_id limit 1
      ) task
      ${names.length > 0 ? sql`where task."taskName" = any(${sql.param(names)}::text[])` : sql``}
    )`;
  });
  const { errorName, errorMessage, errorValue } = errorSummary(sql`newest.failure_reason`);
  const rows = await queryUnion(
    db,
    FAILED_ATTEMPT,
    arms,
    // Up to 20,000 rows: select only the columns that are used, and summarise only these errors.
    (union) => sql`select queue, task_id as "taskId", attempt, failed_at as "failedAt",
        available_at as "claimedAt", ${errorName.sql} as "errorName", ${errorMessage.sql} as "errorMessage",
        ${errorValue.sql} as "errorValue", "taskName", "taskState", "tenantId", "attemptsLeft", "isLatest"
      from (select * from (${union}) as attempts order by available_at desc limit ${limit + 1}::int) as newest`,
  );
  // Each portion of the queues is in order.
  rows.sort((a, b) => compareInstants(b.claimedAt, a.claimedAt));
  return {
    // A loop, because spreading 20,000 rows takes 100 ms.
    rows: rows.slice(0, limit).map((row) => {
      const error = toErrorSummary(row);
      return {
        queue: queues[row.queue] ?? "",
        taskId: row.taskId,
        taskName: row.taskName,
        taskState: row.taskState,
        tenantId: row.tenantId,
        attemptsLeft: row.attemptsLeft,
        attempt: row.attempt,
        isLatest: row.isLatest ?? false,
        failedAt: row.failedAt,
        errorName: error.errorName,
        message: error.errorMessage ?? "",
        isValue: error.isValue,
      };
    }),
    more: rows.length > limit,
  };
}

const FAILED_ATTEMPT = {
  queue: integer,
  taskId: uuid,
  attempt: integer,
  failedAt: instant,
  claimedAt: instant,
  errorName: nullable(text),
  errorMessage: nullable(text),
  errorValue: nullable(text),
  taskName: text,
  taskState: oneOf(TASK_STATES),
  tenantId: nullable(text),
  attemptsLeft: boolean,
  isLatest: nullable(boolean),
};
