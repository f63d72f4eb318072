import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { dashboardTablesOfAllTenants, bulkJobs as visibleJobs } from "@/lib/db/dashboard-schema";
import {
  array,
  boolean,
  type Decoder,
  integer,
  jsonObject,
  nullable,
  number,
  oneOf,
  text,
  uuid,
} from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { getScope, getTenants, getTenantsOfAnyPart, type Tenants } from "@/lib/db/tenants";
import { getViewer, UNRESTRICTED, type Viewer } from "@/lib/db/viewer";
import { DOORS } from "@/lib/model/access";
import type { Uuid } from "@/lib/model/ids";
import { BULK_ACTIONS, BULK_STATES, type BulkAction, type BulkState } from "@/lib/model/rows/bulk";
import type { TaskAddress } from "./selection";

const { bulkJobs, bulkItems } = dashboardTablesOfAllTenants;

/** How each task is acted on. */
export type BulkOptions = {
  /** For `retry`: number of extra attempts; default: what the engine grants. */
  extraAttempts?: number;
  /** The error group that is retried, so that its row can show it. */
  group?: string;
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
  /** The maximum number of tasks to collect: as many as were confirmed; `null`: no exact number was shown. */
  expected: number | null;
  /**
   * The tenants whose tasks it may touch, regardless of which dashboard runs it; `null`: all. Its viewer may see fewer in a
   * queue.
   */
  tenants: Tenants;
  /** Who started it, and the scope in which that person may do it. Its steps run for this viewer. */
  viewer: Viewer;
};

export type NewBulkJob = Pick<BulkJob, "action" | "options" | "operator" | "perSecond"> & {
  reason?: string | undefined;
} & (
    | {
        ids: TaskAddress[];
        /** The query string of the list that the tasks were in. */
        filters?: string | undefined;
      }
    | { filters: string; expected?: number | null }
  );

/** Whether this database has the tables of bulk operations in their current version, which `absurd-dashboard migrate` creates. */
export async function isBulkInstalled(db: Queryable): Promise<boolean> {
  const [row] = await query(
    db,
    { installed: boolean },
    sql`select exists (select from pg_attribute
                        where attrelid = to_regclass('absurd_dashboard.bulk_job')
                          and attname = 'viewer') as installed`,
  );
  return row?.installed ?? false;
}

/**
 * Stores an operation for the runner. Listed tasks are stored at once; filters are collected later. The operation keeps
 * the viewer, and the tenants that the viewer sees now. Returns its id.
 */
export async function createJob(db: Queryable, job: NewBulkJob): Promise<Uuid> {
  const tenants = getTenantsOfAnyPart();
  const listed = "ids" in job;
  const [row] = await query(
    db,
    { bulk_id: uuid },
    sql`insert into ${bulkJobs}
          (action, options, operator, reason, per_second, filters, state, expected, tenants, viewer)
        values (${job.action}, ${JSON.stringify(job.options)}::jsonb, ${job.operator},
          ${job.reason ?? null}, ${job.perSecond}, ${job.filters ?? null},
          ${listed ? "running" : "collecting"}, ${(listed ? null : job.expected) ?? null}::bigint,
          ${tenants && sql.param([...tenants])}::text[],
          ${JSON.stringify({ ...getViewer(), scope: getScope() })}::jsonb)
        returning bulk_id`,
  );
  const bulkId = row?.bulk_id ?? "";
  if (listed) await addItems(db, bulkId, job.ids);
  return bulkId;
}

/** Adds tasks to an operation, each once. Returns how many it has now. */
export async function addItems(db: Queryable, bulkId: Uuid, ids: TaskAddress[]): Promise<number> {
  const queues = sql.param(ids.map(({ queue }) => queue));
  const taskIds = sql.param(ids.map(({ taskId }) => taskId));
  const [job] = await query(
    db,
    { collected: number },
    sql`with added as (
          insert into ${bulkItems} (bulk_id, queue, task_id)
          select ${bulkId}::uuid, item.queue, item.task_id
            from unnest(${queues}::text[], ${taskIds}::uuid[]) as item (queue, task_id)
          on conflict do nothing returning 1)
        update ${bulkJobs}
           set collected = collected + (select count(*) from added)
         where bulk_id = ${bulkId} returning collected::float8 as collected`,
  );
  return job?.collected ?? 0;
}

/** The operations that have not ended, oldest first: those that concern only tenants of this dashboard. */
export async function listOpenJobs(db: Queryable): Promise<BulkJob[]> {
  const jobs = await selectJobs(db, sql`finished_at is null order by bulk_id`);
  const allowed = getTenants();
  return jobs.filter((job) => isWithin(job.tenants, allowed));
}

/** Whether an operation exists that the viewer sees. */
export async function isVisibleJob(db: Queryable, bulkId: Uuid): Promise<boolean> {
  const jobs = visibleJobs();
  const found = await query(
    db,
    { id: uuid },
    sql`select ${jobs.bulkId} as id from ${jobs} where ${jobs.bulkId} = ${bulkId}`,
  );
  return found.length > 0;
}

function isWithin(tenants: Tenants, allowed: Tenants): boolean {
  if (allowed === null) return true;
  return tenants?.every((tenant) => allowed.includes(tenant)) ?? false;
}

/**
 * Locks an operation until the transaction ends, so that no abort takes effect before. `undefined` once it has ended: no
 * action follows an abort that has returned.
 */
export async function lockOpenJob(tx: Queryable, bulkId: Uuid): Promise<BulkJob | undefined> {
  const [job] = await selectJobs(
    tx,
    sql`bulk_id = ${bulkId} and finished_at is null for no key update`,
  );
  return job;
}

/** Ends an operation that is still open; returns whether this call ended it. */
export async function endJob(
  db: Queryable,
  bulkId: Uuid,
  state: "done" | "aborted" | "failed",
  message: string | null = null,
): Promise<boolean> {
  const ended = await query(
    db,
    { bulk_id: uuid },
    sql`update ${bulkJobs}
           set state = ${state}, message = ${message}, finished_at = clock_timestamp()
         where bulk_id = ${bulkId} and finished_at is null returning bulk_id`,
  );
  return ended.length > 0;
}

function fromJson<T>(decode: Decoder<T>): Decoder<T> {
  return (value) => decode(JSON.parse(text(value)));
}

const options: Decoder<BulkOptions> = (value) => {
  const { extraAttempts, group } = jsonObject(value);
  return {
    ...(extraAttempts !== undefined && { extraAttempts: integer(extraAttempts) }),
    ...(group !== undefined && { group: text(group) }),
  };
};

/** A row of an earlier version has no viewer: it was started by somebody who saw all queues. */
const decodeViewer: Decoder<Viewer> = (value) =>
  text(value) === "" ? UNRESTRICTED : parseViewer(JSON.parse(text(value)));

function parseViewer(value: unknown): Viewer {
  const { actor, ...viewer } = viewerSchema.parse(value);
  return actor ? { ...viewer, actor } : viewer;
}

const texts = z.array(z.string()).nullable();
const viewerSchema = z.object({
  scope: z.array(z.object({ queues: texts, tenants: texts })),
  payloads: z.boolean(),
  actor: z
    .object({
      ...{ name: z.string(), door: z.enum(DOORS), subject: z.string() },
      address: z.string().nullable(),
    })
    .nullish(),
});

/** @param condition what follows `where`. */
async function selectJobs(db: Queryable, condition: SQL): Promise<BulkJob[]> {
  return query(
    db,
    {
      bulkId: uuid,
      action: oneOf(BULK_ACTIONS),
      options: fromJson(options),
      operator: text,
      reason: nullable(text),
      filters: nullable(text),
      cursor: nullable(text),
      state: oneOf(BULK_STATES),
      perSecond: nullable(integer),
      expected: nullable(number),
      tenants: nullable(fromJson(array(text))),
      viewer: decodeViewer,
    },
    sql`select bulk_id as "bulkId", action, options::text as options, operator, reason, filters, cursor, state,
               per_second as "perSecond", expected::float8 as expected, to_jsonb(job) ->> 'tenants' as tenants,
               coalesce(viewer::text, '') as viewer
          from ${bulkJobs} as job where ${condition}`,
  );
}
