import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call } from "@/lib/absurd/connection/sql";
import { getTenants, type Tenants } from "@/lib/db/tenants";
import type { BulkAction, BulkState } from "@/lib/model/bulk";
import type { Uuid } from "@/lib/model/ids";
import type { TaskAddress } from "./selection";

/** How each task is acted on. */
export type BulkOptions = {
  /** For `retry`: additional attempts; default: what the engine grants. */
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
  /** Only tasks of these are acted on, whatever the dashboard is that does it; `null`: all. */
  tenants: Tenants;
};

export type NewBulkJob = Pick<BulkJob, "action" | "options" | "operator" | "perSecond"> & {
  reason?: string | undefined;
} & ({ ids: TaskAddress[] } | { filters: string });

/**
 * Whether this database has the tables of bulk operations; they come with `npm run db:migrate`. Where the dashboard is
 * restricted they have to be of a version that knows tenants.
 */
export async function isBulkInstalled(db: Queryable): Promise<boolean> {
  const [row] = await call<{ yes: boolean; tenants: boolean }>(
    db,
    `select to_regclass('absurd_dashboard.bulk_job') is not null as yes,
            exists (select from pg_attribute
                     where attrelid = to_regclass('absurd_dashboard.bulk_job')
                       and attname = 'tenants') as tenants`,
  );
  return (row?.yes && (row.tenants || getTenants() === null)) ?? false;
}

/**
 * Writes down an operation for the runner to take up. Named tasks are complete at once, filters are collected later. It
 * stays restricted to the tenants that this dashboard is restricted to now.
 */
export async function createJob(db: Queryable, job: NewBulkJob): Promise<Uuid> {
  const named = "ids" in job;
  const tenants = getTenants();
  const [row] = await call<{ bulk_id: Uuid }>(
    db,
    `insert into absurd_dashboard.bulk_job
       (action, options, operator, reason, per_second, filters, state${tenants ? ", tenants" : ""})
     values ($1, $2::jsonb, $3, $4, $5, $6, $7${tenants ? ", $8" : ""}) returning bulk_id`,
    [
      job.action,
      JSON.stringify(job.options),
      job.operator,
      job.reason ?? null,
      job.perSecond,
      named ? null : job.filters,
      named ? "running" : "collecting",
      ...(tenants ? [tenants] : []),
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

/**
 * The operations that are not over, oldest first. A dashboard that is restricted to tenants takes up those that are
 * about some of them alone, and leaves the others to one that may.
 */
export async function listOpenJobs(db: Queryable): Promise<BulkJob[]> {
  const rows = await call<JobRow>(
    db,
    `select ${COLUMNS} from absurd_dashboard.bulk_job as job where finished_at is null order by bulk_id`,
  );
  const allowed = getTenants();
  return rows.map(toJob).filter((job) => isWithin(job.tenants, allowed));
}

/** Whether an operation is there and about nobody but these tenants. */
export async function isJobOf(db: Queryable, bulkId: Uuid, allowed: Tenants): Promise<boolean> {
  if (allowed === null) return true;
  const [row] = await call<JobRow>(
    db,
    `select ${COLUMNS} from absurd_dashboard.bulk_job as job where bulk_id = $1`,
    [bulkId],
  );
  return row !== undefined && isWithin(toJob(row).tenants, allowed);
}

function isWithin(tenants: Tenants, allowed: Tenants): boolean {
  if (allowed === null) return true;
  return tenants?.every((tenant) => allowed.includes(tenant)) ?? false;
}

/**
 * Reads an operation and keeps it from being aborted until the transaction ends. `undefined` once it is over: an abort
 * that was answered is never followed by another action.
 */
export async function lockOpenJob(tx: Queryable, bulkId: Uuid): Promise<BulkJob | undefined> {
  const [row] = await call<JobRow>(
    tx,
    `select ${COLUMNS} from absurd_dashboard.bulk_job as job
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

// Through the whole row, since tables of an earlier version have no column for tenants.
const COLUMNS = `bulk_id, action, options::text as options, operator, reason, filters, cursor, state, per_second,
  (to_jsonb(job) -> 'tenants')::text as tenants`;

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
  tenants: string | null;
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
    tenants: JSON.parse(row.tenants ?? "null"),
  };
}
