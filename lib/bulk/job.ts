import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { atomically } from "@/lib/absurd/connection/atomically";
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
import { getEnvironment } from "@/lib/db/env";
import { execute, query } from "@/lib/db/query";
import { getScope, getTenants, getTenantsOfAnyPart, type Tenants } from "@/lib/db/tenants";
import { getViewer, UNRESTRICTED, type Viewer } from "@/lib/db/viewer";
import { DOORS } from "@/lib/model/access";
import type { Uuid } from "@/lib/model/ids";
import {
  BULK_ACTIONS,
  BULK_STATES,
  type BulkAction,
  type BulkState,
  SINGLE_PERMISSIONS,
} from "@/lib/model/rows/bulk";
import type { TaskAddress } from "./selection";

const { bulkJobs, bulkItems } = dashboardTablesOfAllTenants;

/** Options for each task of the operation. */
export type BulkOptions = {
  /** For `retry`: number of extra attempts; default: the engine's. */
  extraAttempts?: number;
  /** The error groups that are retried, separated by spaces, so that their rows can show it. */
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
  /** Time until its next step is due, in milliseconds; zero or negative: now. */
  dueInMs: number;
  /** The maximum number of tasks to collect: the number that was confirmed; `null`: no exact number was shown. */
  expected: number | null;
  /**
   * The tenants whose tasks it may touch, regardless of which dashboard runs it; `null`: all. Its viewer may see
   * fewer in a queue.
   */
  tenants: Tenants;
  /** The person who started it, with the scope of their permission. Its steps run for this viewer. */
  viewer: Viewer;
};

export type NewBulkJob = Pick<BulkJob, "action" | "options" | "operator" | "perSecond"> & {
  reason?: string | undefined;
} & (
    | {
        ids: TaskAddress[];
        /** The query string of the list from which the tasks were selected. */
        filters?: string | undefined;
      }
    | { filters: string; expected?: number | null }
  );

/**
 * Whether this database has the tables of bulk operations in their current version, which `absurd-dashboard migrate`
 * creates.
 */
export async function isBulkInstalled(db: Queryable): Promise<boolean> {
  const [row] = await query(
    db,
    { installed: boolean },
    sql`select exists (select from pg_attribute
                        where attrelid = to_regclass('absurd_dashboard.bulk_job')
                          and attname = 'due_at') as installed`,
  );
  return row?.installed ?? false;
}

/**
 * Stores an operation for the runner. Listed tasks are stored immediately; filters are collected later. The
 * operation keeps the viewer, and the tenants that the viewer sees now. Returns its id.
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

/** Adds tasks to an operation, each once. Returns the new number of its tasks. */
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

/**
 * The operations that have not ended, oldest first, limited to those that concern only tenants of this dashboard
 * and whose action its settings permit. The others continue on another dashboard, or once the settings permit
 * them.
 */
export async function listOpenJobs(db: Queryable): Promise<BulkJob[]> {
  const { DASHBOARD_READ_ONLY: isReadOnly, DASHBOARD_DISABLE: disabled } = getEnvironment();
  if (isReadOnly || disabled.includes("start bulk")) return [];
  const jobs = await selectJobs(db, sql`finished_at is null order by bulk_id`);
  const allowed = getTenants();
  return jobs.filter(
    ({ tenants, action }) =>
      isWithin(tenants, allowed) && !disabled.includes(SINGLE_PERMISSIONS[action]),
  );
}

/** Whether the operation exists and the viewer may see it. */
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

/** The delay before the next try while another runner works on the operation, in milliseconds. */
const HELD_MS = 100;

/**
 * Takes the next turn at a running operation: locks it until the transaction ends, so that an abort takes effect
 * either before or after the turn, and no action follows an abort that has returned. Never waits for a lock:
 * without a turn, `waitMs` is the delay before the next try.
 */
export async function takeTurn(
  tx: Queryable,
  bulkId: Uuid,
): Promise<{ job: BulkJob } | { waitMs: number }> {
  const [job] = await selectJobs(
    tx,
    sql`bulk_id = ${bulkId} and state = 'running' for no key update skip locked`,
  );
  if (!job) return { waitMs: HELD_MS };
  return job.dueInMs > 0 ? { waitMs: job.dueInMs } : { job };
}

/** For how many seconds other runners leave an operation to the one that collects its next page. */
const COLLECTING_S = 15;

/** Starts to collect a page, unless another runner is doing that now. Returns whether it is this runner's turn. */
export async function beginCollecting(db: Queryable, bulkId: Uuid): Promise<boolean> {
  const started = await query(
    db,
    { bulk_id: uuid },
    sql`update ${bulkJobs} set due_at = clock_timestamp() + make_interval(secs => ${COLLECTING_S})
         where bulk_id = ${bulkId} and state = 'collecting' and due_at <= clock_timestamp()
        returning bulk_id`,
  );
  return started.length > 0;
}

/** Releases a turn after a failure. */
export async function stopCollecting(db: Queryable, bulkId: Uuid): Promise<void> {
  await execute(
    db,
    sql`update ${bulkJobs} set due_at = clock_timestamp() where bulk_id = ${bulkId} and state = 'collecting'`,
  );
}

/**
 * Stores a collected page, and `next` as the cursor to continue from; `null` makes the operation `running`. The
 * cursor is stored in the same transaction, so a crash neither loses nor repeats a task. An operation with more
 * tasks than `job.expected` ends as `failed`. Does nothing if the operation has ended, or another runner has
 * stored this page.
 */
export async function storePage(
  db: Queryable,
  job: Pick<BulkJob, "bulkId" | "cursor" | "expected">,
  tasks: TaskAddress[],
  next: string | null,
): Promise<void> {
  await atomically(db, async (tx) => {
    const [current] = await selectJobs(
      tx,
      sql`bulk_id = ${job.bulkId} and state = 'collecting' and cursor is not distinct from ${job.cursor}::text
            for no key update`,
    );
    if (!current) return;
    const collected = await addItems(tx, job.bulkId, tasks);
    if (job.expected !== null && collected > job.expected) {
      await endJob(tx, job.bulkId, "failed", describeGrowth(job.expected));
      return;
    }
    await execute(
      tx,
      sql`update ${bulkJobs}
             set cursor = ${next}, state = ${next === null ? "running" : "collecting"}, due_at = clock_timestamp()
           where bulk_id = ${job.bulkId}`,
    );
  });
}

/** Why an operation ends before it changes any task. */
function describeGrowth(expected: number): string {
  return `More tasks match than the ${expected.toLocaleString("en-US")} that were confirmed. No task was changed. Start it again.`;
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

/** `null` for invalid options. */
const options: Decoder<BulkOptions | null> = (value) => {
  try {
    const { extraAttempts, group } = jsonObject(JSON.parse(text(value)));
    return {
      ...(extraAttempts !== undefined && { extraAttempts: integer(extraAttempts) }),
      ...(group !== undefined && { group: text(group) }),
    };
  } catch {
    return null;
  }
};

/** Sees nothing, and so changes nothing. */
const NOBODY: Viewer = { scope: [], payloads: false };

/**
 * A row of an earlier version has no viewer: it was started by a person who saw all queues. A row that can't be decoded
 * gets a viewer without access, so that its operation ends without a change and doesn't prevent others from running.
 */
const decodeViewer: Decoder<Viewer> = (value) => {
  try {
    return text(value) === "" ? UNRESTRICTED : parseViewer(JSON.parse(text(value)));
  } catch {
    return NOBODY;
  }
};

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

/** @param condition the SQL after `where`. */
async function selectJobs(db: Queryable, condition: SQL): Promise<BulkJob[]> {
  const rows = await query(
    db,
    {
      bulkId: uuid,
      action: oneOf(BULK_ACTIONS),
      options,
      operator: text,
      reason: nullable(text),
      filters: nullable(text),
      cursor: nullable(text),
      state: oneOf(BULK_STATES),
      perSecond: nullable(integer),
      dueInMs: number,
      expected: nullable(number),
      tenants: nullable(fromJson(array(text))),
      viewer: decodeViewer,
    },
    sql`select bulk_id as "bulkId", action, options::text as options, operator, reason, filters, cursor, state,
               per_second as "perSecond", (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "dueInMs",
               expected::float8 as expected, to_jsonb(job) ->> 'tenants' as tenants,
               coalesce(viewer::text, '') as viewer
          from ${bulkJobs} as job where ${condition}`,
  );
  // Nothing is done with options other than the confirmed ones.
  return rows.map((row) =>
    row.options === null
      ? { ...row, options: {}, viewer: NOBODY }
      : { ...row, options: row.options },
  );
}
