import { sql } from "drizzle-orm";
import { boolean, instant, integer, nullable, number, oneOf, text, uuid } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { TASK_STATES, type TaskState } from "@/lib/model/states";
import { mapInTurns } from "@/lib/model/work/turns";
import { errorSummary, toErrorSummary } from "../scope/error-head";
import { shownName } from "../scope/names";
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
    const conditions = [
      sql`${runs.state} = 'failed'`,
      sql`${runs.availableAt} >= ${claimedSince}::timestamptz`,
      sql`${runs.failedAt} >= ${since}::timestamptz`,
    ];
    // No upper bound otherwise: a run that failed while sleeping kept its wake time.
    if (before !== undefined)
      conditions.push(
        sql`${runs.availableAt} < ${before}::timestamptz`,
        sql`${runs.failedAt} < ${before}::timestamptz`,
      );
    // The limit forces a lookup by key: in a plain join the planner may read all tasks. It depends on nothing but the
    // id, so that the task of several attempts is looked up once.
    return sql`(
      select ${index}::int as queue, failed.*, task."taskName", task."taskState", task."tenantId",
        task.most is null or task.attempts < task.most as "attemptsLeft",
        case when task.last = failed.run_id then true
          when task."taskState" = 'failed' or task.attempts <> failed.attempt + 1 then false
          -- A task cancelled by its max_duration has a failed attempt as its last.
          when task."taskState" = 'cancelled' then (
            select ${runs.state} <> 'failed' from ${runs} where ${runs.runId} = task.last
          )
          else true
        end as "isLatest"
      from (
        select ${runs.runId} as run_id, ${runs.taskId} as "taskId", ${runs.attempt} as attempt,
          ${runs.availableAt} as claimed_at, ${runs.failedAt} as "failedAt", ${runs.failureReason} as reason
        from ${runs} where ${sql.join(conditions, sql` and `)}
        order by ${runs.availableAt} desc limit ${limit + 1}::int
      ) as failed
      cross join lateral (
        select ${tasks.name} as "taskName", ${tasks.state} as "taskState", left(${tenantId}, 200) as "tenantId",
          ${tasks.maxAttempts} as most, ${tasks.attempts} as attempts, ${tasks.lastAttemptRun} as last
        from ${tasks} where ${tasks.taskId} = failed."taskId" limit 1
      ) as task
      ${names.length > 0 ? sql`where task."taskName" = any(${sql.param(names)}::text[])` : sql``}
    )`;
  });
  const { errorName, errorMessage, errorValue } = errorSummary(sql`attempts.reason`);
  const rows = await queryUnion(
    db,
    FAILED_ATTEMPT,
    arms,
    // Sorts up to 20,000 rows, which fit into memory without their whole reasons.
    (union) => sql`select * from (
        select queue, "taskId", attempt, "failedAt", extract(epoch from claimed_at)::float8 as "claimedAt",
          ${errorName.sql} as "errorName", ${errorMessage.sql} as "errorMessage", ${errorValue.sql} as "errorValue",
          ${shownName(sql`"taskName"`)} as "taskName", "taskState", "tenantId", "attemptsLeft", "isLatest"
        from (${union}) as attempts offset 0
      ) as summaries order by "claimedAt" desc limit ${limit + 1}::int`,
  );
  // Each portion of the queues is in order.
  rows.sort((a, b) => (a.claimedAt === b.claimedAt ? 0 : b.claimedAt - a.claimedAt));
  return {
    // A loop, because spreading 20,000 rows takes 100 ms.
    rows: await mapInTurns(rows.slice(0, limit), (row) => {
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

/**
 * When the attempt was claimed that is at this place among the failed attempts of all queues claimed before an
 * instant, latest first; `null` if there are fewer. Uses only the index of runs by state.
 */
export async function findFailedClaim(
  db: Database,
  queues: string[],
  { before, place }: { before: Iso; place: number },
): Promise<string | null> {
  const arms = queues.map((queue) => {
    const { runs } = queueTables(queue);
    return sql`(
      select ${runs.availableAt} as at from ${runs}
      where ${runs.state} = 'failed' and ${runs.availableAt} < ${before}::timestamptz
      order by ${runs.availableAt} desc limit ${place}::int)`;
  });
  if (arms.length === 0) return null;
  const newest = await queryUnion(
    db,
    { at: text, seconds: number },
    arms,
    (union) => sql`select at::text as at, extract(epoch from at)::float8 as seconds
      from (${union}) as claims order by claims.at desc limit ${place}::int`,
  );
  newest.sort((a, b) => (a.seconds === b.seconds ? 0 : b.seconds - a.seconds));
  return newest[place - 1]?.at ?? null;
}

const FAILED_ATTEMPT = {
  queue: integer,
  taskId: uuid,
  attempt: integer,
  failedAt: instant,
  /** In seconds since the epoch. */
  claimedAt: number,
  errorName: nullable(text),
  errorMessage: nullable(text),
  errorValue: nullable(text),
  taskName: text,
  taskState: oneOf(TASK_STATES),
  tenantId: nullable(text),
  attemptsLeft: boolean,
  isLatest: nullable(boolean),
};
