import { bigint, integer, jsonb, pgSchema, text, uuid } from "drizzle-orm/pg-core";
import { AUDIT_OUTCOMES } from "../audit/vocabulary";
import { BULK_ACTIONS, BULK_STATES, ITEM_OUTCOMES } from "../bulk/vocabulary";
import { instant } from "./schema";

const dashboard = pgSchema("absurd_dashboard");

/** What was done through the dashboard. It accepts new rows and nothing else. */
export const auditEntries = dashboard.table("audit_entry", {
  auditId: uuid("audit_id").notNull().primaryKey(),
  at: instant("at").notNull(),
  operator: text("operator").notNull(),
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
});

/** Operations on many tasks; `finishedAt` is set exactly when `state` says that it is over. */
export const bulkJobs = dashboard.table("bulk_job", {
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
});

/** The tasks of a bulk operation; `outcome` is null until the task's turn came. */
export const bulkItems = dashboard.table("bulk_item", {
  bulkId: uuid("bulk_id").notNull(),
  taskId: uuid("task_id").notNull(),
  queue: text("queue").notNull(),
  outcome: text("outcome", { enum: ITEM_OUTCOMES }),
  code: text("code"),
  message: text("message"),
  newTaskId: uuid("new_task_id"),
  at: instant("at"),
});
