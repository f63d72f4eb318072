import { call } from "@/lib/absurd/sql";
import type { Queryable, Uuid } from "@/lib/absurd/types";
import type { TaskAddress } from "./selection";
import type { BulkAction, BulkState } from "./vocabulary";

/** How each task is acted on. */
export type BulkOptions = {
  /** For `retry`: so many more attempts; by default what the engine grants. */
  extraAttempts?: number;
};

/** A bulk operation as its runner needs it. */
export type BulkJob = {
  bulkId: Uuid;
  action: BulkAction;
  options: BulkOptions;
  operator: string;
  reason: string | null;
  filters: string | null;
  cursor: string | null;
  state: BulkState;
  perSecond: number | null;
};

export type NewBulkJob = Pick<BulkJob, "action" | "options" | "operator" | "perSecond"> & {
  reason?: string | undefined;
} & ({ ids: TaskAddress[] } | { filters: string });

/** Whether this database has the tables of bulk operations; they come with `npm run db:migrate`. */
export async function isBulkInstalled(db: Queryable): Promise<boolean> {
  const [row] = await call<{ yes: boolean }>(
    db,
    "select to_regclass('absurd_dashboard.bulk_job') is not null as yes",
  );
  return row?.yes ?? false;
}

/** Writes down an operation for the runner to take up. Named tasks are complete at once, filters are collected later. */
export async function createJob(db: Queryable, job: NewBulkJob): Promise<Uuid> {
  const named = "ids" in job;
  const [row] = await call<{ bulk_id: Uuid }>(
    db,
    `insert into absurd_dashboard.bulk_job (action, options, operator, reason, per_second, filters, state)
     values ($1, $2::jsonb, $3, $4, $5, $6, $7) returning bulk_id`,
    [
      job.action,
      JSON.stringify(job.options),
      job.operator,
      job.reason ?? null,
      job.perSecond,
      named ? null : job.filters,
      named ? "running" : "collecting",
    ],
  );
  const bulkId = row?.bulk_id ?? "";
  if (named) await addItems(db, bulkId, job.ids);
  return bulkId;
}

/** Adds tasks to an operation, each once, and counts them. */
export async function addItems(db: Queryable, bulkId: Uuid, ids: TaskAddress[]): Promise<void> {
  await call(
    db,
    `with added as (
       insert into absurd_dashboard.bulk_item (bulk_id, queue, task_id)
       select $1, item.queue, item.task_id
         from unnest($2::text[], $3::uuid[]) as item (queue, task_id)
       on conflict do nothing returning 1)
     update absurd_dashboard.bulk_job
        set collected = collected + (select count(*) from added)
      where bulk_id = $1`,
    [bulkId, ids.map(({ queue }) => queue), ids.map(({ taskId }) => taskId)],
  );
}

/** The operations that are not over, oldest first. */
export async function listOpenJobs(db: Queryable): Promise<BulkJob[]> {
  const rows = await call<JobRow>(
    db,
    `select ${COLUMNS} from absurd_dashboard.bulk_job where finished_at is null order by bulk_id`,
  );
  return rows.map(toJob);
}

/**
 * Reads an operation and keeps it from being aborted until the transaction ends. `undefined` once it is over: an abort
 * that was answered is never followed by another action.
 */
export async function lockOpenJob(tx: Queryable, bulkId: Uuid): Promise<BulkJob | undefined> {
  const [row] = await call<JobRow>(
    tx,
    `select ${COLUMNS} from absurd_dashboard.bulk_job
      where bulk_id = $1 and finished_at is null for no key update`,
    [bulkId],
  );
  return row && toJob(row);
}

/** Ends an operation that is not over yet; answers whether it was this call that did. */
export async function endJob(
  db: Queryable,
  bulkId: Uuid,
  state: "done" | "aborted" | "failed",
  message: string | null = null,
): Promise<boolean> {
  const rows = await call(
    db,
    `update absurd_dashboard.bulk_job
        set state = $2, message = $3, finished_at = clock_timestamp()
      where bulk_id = $1 and finished_at is null returning 1 as ended`,
    [bulkId, state, message],
  );
  return rows.length > 0;
}

const COLUMNS =
  "bulk_id, action, options::text as options, operator, reason, filters, cursor, state, per_second";

type JobRow = {
  bulk_id: Uuid;
  action: BulkAction;
  options: string;
  operator: string;
  reason: string | null;
  filters: string | null;
  cursor: string | null;
  state: BulkState;
  per_second: number | null;
};

function toJob(row: JobRow): BulkJob {
  return {
    bulkId: row.bulk_id,
    action: row.action,
    options: JSON.parse(row.options),
    operator: row.operator,
    reason: row.reason,
    filters: row.filters,
    cursor: row.cursor,
    state: row.state,
    perSecond: row.per_second,
  };
}
