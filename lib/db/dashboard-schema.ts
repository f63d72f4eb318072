import { type SQL, sql } from "drizzle-orm";
import {
  bigint,
  integer,
  json,
  jsonb,
  type PgTable,
  pgSchema,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { DOORS } from "@/lib/model/access";
import { AUDIT_OUTCOMES } from "@/lib/model/rows/audit";
import { BULK_ACTIONS, BULK_STATES, ITEM_OUTCOMES } from "@/lib/model/rows/bulk";
import { replaceTable } from "./restricted-tables";
import { instant } from "./schema";
import { getScope, inScope } from "./tenants";

const dashboard = pgSchema("absurd_dashboard");

const auditTable = dashboard.table("audit_entry", {
  auditId: uuid("audit_id").notNull().primaryKey(),
  at: instant("at").notNull(),
  operator: text("operator").notNull(),
  /**
   * Identifies the person together with the subject; NULL in entries of earlier versions, and for the server's own
   * actions.
   */
  door: text("door", { enum: DOORS }),
  subject: text("subject"),
  address: text("address"),
  action: text("action").notNull(),
  queue: text("queue"),
  taskId: uuid("task_id"),
  runId: uuid("run_id"),
  parameters: jsonb("parameters").notNull(),
  reason: text("reason"),
  outcome: text("outcome", { enum: AUDIT_OUTCOMES }).notNull(),
  code: text("code"),
  message: text("message"),
  result: jsonb("result").notNull(),
  bulkId: uuid("bulk_id"),
  tenants: text("tenants").array(),
});

const jobTable = dashboard.table("bulk_job", {
  bulkId: uuid("bulk_id").notNull().primaryKey(),
  action: text("action", { enum: BULK_ACTIONS }).notNull(),
  options: jsonb("options").notNull(),
  operator: text("operator").notNull(),
  reason: text("reason"),
  filters: text("filters"),
  cursor: text("cursor"),
  state: text("state", { enum: BULK_STATES }).notNull(),
  perSecond: integer("per_second"),
  createdAt: instant("created_at").notNull(),
  finishedAt: instant("finished_at"),
  collected: bigint("collected", { mode: "number" }).notNull(),
  done: bigint("done", { mode: "number" }).notNull(),
  skipped: bigint("skipped", { mode: "number" }).notNull(),
  failed: bigint("failed", { mode: "number" }).notNull(),
  message: text("message"),
  tenants: text("tenants").array(),
});

const requestTable = dashboard.table("action_request", {
  requestId: uuid("request_id").notNull().primaryKey(),
  action: text("action").notNull(),
  inputHash: text("input_hash").notNull(),
  result: json("result").notNull(),
  at: instant("at").notNull(),
});

const itemTable = dashboard.table("bulk_item", {
  bulkId: uuid("bulk_id").notNull(),
  taskId: uuid("task_id").notNull(),
  queue: text("queue").notNull(),
  outcome: text("outcome", { enum: ITEM_OUTCOMES }),
  code: text("code"),
  message: text("message"),
  newTaskId: uuid("new_task_id"),
  at: instant("at"),
});

/**
 * The audit log, which is append-only. A viewer with a restricted scope sees only entries that concern
 * nothing but these queues and tenants. Tables of an earlier version lack the column `tenants`.
 */
export function auditEntries(): typeof auditTable {
  return restrict(auditTable, sql`item.queue`);
}

/**
 * The condition, evaluated for visible entries only. PostgreSQL would otherwise evaluate cheap conditions first, and the
 * duration of a request would reveal what hidden entries hold.
 */
export function ownEntriesFirst(condition: SQL | undefined): SQL | undefined {
  const visible = inScope(
    sql`audit_entry.queue`,
    (tenants) => sql`audit_entry.tenants <@ ${sql.param([...tenants])}::text[]`,
  );
  return visible && condition
    ? sql`case when ${visible} then ${condition} else false end`
    : condition;
}

/**
 * Bulk operations; `finishedAt` is set exactly when `state` is final. A viewer with a restricted scope sees those
 * of the same scope and, with access to all queues, those limited to the viewer's tenants.
 */
export function bulkJobs(): typeof jobTable {
  const scope = JSON.stringify(getScope());
  // Tables of an earlier version lack the column.
  const isOfSameScope = sql`coalesce(to_jsonb(item) -> 'viewer' -> 'scope' = ${scope}::jsonb, false)`;
  return restrict(jobTable, sql`null::text`, undefined, isOfSameScope);
}

/** The tasks of the operations in `bulkJobs`; `outcome` is NULL until the task is processed. */
export function bulkItems(): typeof itemTable {
  return restrict(
    itemTable,
    sql`item.queue`,
    (tenants) =>
      sql`(select job.tenants <@ ${tenants} from ${jobTable} job where job.bulk_id = item.bulk_id)`,
  );
}

/**
 * The tables themselves, with the rows of all tenants, for code that writes them. Queries use the functions above;
 * a test lists the files that may use this.
 */
export const dashboardTablesOfAllTenants = {
  auditEntries: auditTable,
  bulkJobs: jobTable,
  bulkItems: itemTable,
  actionRequests: requestTable,
};

function restrict<T extends PgTable>(
  table: T,
  queue: SQL,
  ofTenants: (tenants: SQL) => SQL = (tenants) => sql`item.tenants <@ ${tenants}`,
  otherwise = sql`false`,
): T {
  const visible = inScope(queue, (tenants) => ofTenants(sql`${sql.param([...tenants])}::text[]`));
  return visible
    ? replaceTable(table, sql`select item.* from ${table} item where ${visible} or ${otherwise}`)
    : table;
}
