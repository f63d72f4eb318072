import "server-only";
import { and, count, desc, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { bulkItems, bulkJobs } from "@/lib/db/dashboard-schema";
import { array, nullable, text, uuid } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { Page } from "@/lib/model/page";
import { ProblemError } from "@/lib/model/problem";
import type { BulkAction, BulkFollowUp, BulkState, ItemOutcome } from "@/lib/model/rows/bulk";
import { TASK_STATES, type TaskState } from "@/lib/model/states";
import type { BulkFilters, BulkItemFilters } from "@/lib/search-params/bulk";
import { concerns, showFilters, withDashboardTable } from "./scope/dashboard-tables";
import { inKeyRange, keyOrder, keyPage, toKeyPage } from "./scope/key-pages";
import { withQueues } from "./scope/registry";

/** An operation on many tasks. The counts are exact: they are written together with the tasks they count. */
export type BulkOperation = {
  bulkId: Uuid;
  action: BulkAction;
  options: Record<string, unknown>;
  operator: string;
  reason: string | null;
  /** The query string of the task list whose matches it covers; `null` if the tasks were selected individually. */
  filters: string | null;
  state: BulkState;
  /** Maximum tasks per second; `null`: no limit. */
  perSecond: number | null;
  createdAt: Iso;
  finishedAt: Iso | null;
  /** Number of its tasks; still growing while it is `collecting`. */
  collected: number;
  done: number;
  skipped: number;
  failed: number;
  /** Why it ended early, if it did. */
  message: string | null;
  /** The tenants that it is restricted to; `null`: all. */
  tenants: string[] | null;
};

/** One task of a bulk operation; `outcome` is `null` until it is processed. */
export type BulkItem = {
  queue: string;
  taskId: Uuid;
  outcome: ItemOutcome | null;
  code: string | null;
  message: string | null;
  newTaskId: Uuid | null;
  at: Iso | null;
};

/** `installed` is false if the dashboard's tables are absent. */
export type BulkPage = Page<BulkOperation> & { installed: boolean };

/** One page of bulk operations, newest first. @throws ProblemError `bad_request` for a foreign cursor. */
export function listBulk(filters: BulkFilters, options: ReadOptions = {}): Promise<BulkPage> {
  return withDashboardTable("bulk_job", options, async (db, { now, installed, tenants }) => {
    if (!installed) return { rows: [], older: null, newer: null, now, installed };
    const page = keyPage(filters.cursor, filters.limit);
    const jobs = bulkJobs();
    const found = await db
      .select(selectColumns(jobs, tenants))
      .from(jobs)
      .where(
        and(
          inKeyRange(jobs.bulkId, page),
          filters.tenant.length > 0 ? concerns(tenants && jobs.tenants, filters.tenant) : undefined,
        ),
      )
      .orderBy(keyOrder(jobs.bulkId, page))
      .limit(page.limit + 1);
    const rows = found.map(toOperation);
    return { ...toKeyPage(rows, (row) => row.bulkId, page, filters.cursor), now, installed };
  });
}

/** One bulk operation. @throws ProblemError `bulk_not_found` */
export function getBulk(
  bulkId: Uuid,
  options: ReadOptions = {},
): Promise<{ operation: BulkOperation; now: Iso }> {
  return withDashboardTable("bulk_job", options, async (db, { now, installed, tenants }) => {
    const jobs = bulkJobs();
    const [row] = installed
      ? await db.select(selectColumns(jobs, tenants)).from(jobs).where(eq(jobs.bulkId, bulkId))
      : [];
    if (!row)
      throw new ProblemError({
        code: "bulk_not_found",
        message: "Bulk operation not found.",
      });
    return { operation: toOperation(row), now };
  });
}

/** One page of an operation's tasks, newest first by id. @throws ProblemError `bad_request` for a foreign cursor. */
export function listBulkItems(
  bulkId: Uuid,
  filters: BulkItemFilters,
  options: ReadOptions = {},
): Promise<Page<BulkItem>> {
  return withDashboardTable("bulk_job", options, async (db, { now, installed }) => {
    if (!installed) return { rows: [], older: null, newer: null, now };
    const items = bulkItems();
    const page = keyPage(filters.cursor, filters.limit);
    const settled = filters.outcome.filter((outcome) => outcome !== "open");
    const wanted =
      filters.outcome.length === 0
        ? undefined
        : or(
            settled.length > 0 ? inArray(items.outcome, settled) : undefined,
            filters.outcome.includes("open") ? isNull(items.outcome) : undefined,
          );
    const { queue, taskId, outcome, code, message, newTaskId, at } = items;
    const found = await db
      .select({ queue, taskId, outcome, code, message, newTaskId, at })
      .from(items)
      .where(and(eq(items.bulkId, bulkId), inKeyRange(items.taskId, page), wanted))
      .orderBy(keyOrder(items.taskId, page))
      .limit(page.limit + 1);
    return { ...toKeyPage(found, (row) => row.taskId, page, filters.cursor), now };
  });
}

/** Maximum tasks of an operation that are looked up, by primary key: about 50 ms. */
const MAX_FOLLOWED = 10_000;

/**
 * The current states of the tasks that an operation changed, or of the copies for `run-again`: the newest 10,000.
 *
 * @throws ProblemError `bulk_not_found`
 */
export async function getBulkFollowUp(
  bulkId: Uuid,
  options: ReadOptions = {},
): Promise<BulkFollowUp & { now: Iso }> {
  const { operation } = await getBulk(bulkId, options);
  return withQueues([], options, async ({ db, now, queues }) => {
    const items = bulkItems();
    const changed = await db
      .select({
        queue: items.queue,
        taskId: sql`coalesce(${items.newTaskId}, ${items.taskId})`.mapWith(uuid),
      })
      .from(items)
      .where(and(eq(items.bulkId, bulkId), eq(items.outcome, "done")))
      .orderBy(desc(items.taskId))
      .limit(MAX_FOLLOWED);
    const states = Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<
      TaskState,
      number
    >;
    let found = 0;
    for (const { name } of queues) {
      const ids = changed.flatMap((task) => (task.queue === name ? [task.taskId] : []));
      if (ids.length === 0) continue;
      const { tasks } = queueTables(name);
      const rows = await db
        .select({ state: tasks.state, count: count() })
        .from(tasks)
        .where(sql`${tasks.taskId} = any(${sql.param(ids)}::uuid[])`)
        .groupBy(tasks.state);
      for (const row of rows) {
        states[row.state] += row.count;
        found += row.count;
      }
    }
    const counted = changed.length;
    return { changed: operation.done, counted, states, gone: counted - found, now };
  });
}

type Jobs = ReturnType<typeof bulkJobs>;

/** Tables of an earlier version have no column for tenants. */
function selectColumns(jobs: Jobs, tenants: boolean) {
  const { bulkId, action, options, operator, reason, filters, state, perSecond } = jobs;
  const { createdAt, finishedAt, collected, done, skipped, failed, message } = jobs;
  return {
    ...{ bulkId, action, options, operator, reason, filters, state, perSecond },
    ...{ createdAt, finishedAt, collected, done, skipped, failed, message },
    tenants: tenants ? jobs.tenants : sql`null`.mapWith(nullable(array(text))),
  };
}

function toOperation(row: Omit<Jobs["$inferSelect"], "cursor">): BulkOperation {
  const filters = row.filters && showFilters(row.filters);
  return { ...row, filters, options: row.options as BulkOperation["options"] };
}
