import { type SQL, sql } from "drizzle-orm";
import { customType, integer, interval, jsonb, pgSchema, text, uuid } from "drizzle-orm/pg-core";
import { parseTimestamp } from "@/lib/model/instants";
import { TASK_STATES } from "@/lib/model/states";
import { getDatabase } from "./databases";
import { instant as decodeInstant } from "./decode";
import { exposeTenant, restrictTables, type Visibility } from "./restricted-tables";
import { getTenants, narrowTenants, type Tenants } from "./tenants";

const absurd = pgSchema("absurd");

/** An `Iso`. The session's date style must be ISO. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => "timestamptz",
  fromDriver: parseTimestamp,
});

/** The engine's clock, which tests can stop. Never compare its instants with another clock's. */
export const currentTime = sql`absurd.current_time()`.mapWith(decodeInstant);

/** The registry of queues. The policy columns exist since schema 0.4.0; earlier generations have the first two only. */
export const queues = absurd.table("queues", {
  name: text("queue_name").notNull().primaryKey(),
  createdAt: instant("created_at").notNull(),
  storageMode: text("storage_mode", { enum: ["unpartitioned", "partitioned"] }).notNull(),
  defaultPartition: text("default_partition", { enum: ["enabled", "disabled"] }).notNull(),
  partitionLookahead: interval("partition_lookahead").notNull(),
  partitionLookback: interval("partition_lookback").notNull(),
  cleanupTtl: interval("cleanup_ttl").notNull(),
  cleanupLimit: integer("cleanup_limit").notNull(),
  detachMode: text("detach_mode", { enum: ["none", "empty"] }).notNull(),
  detachMinAge: interval("detach_min_age").notNull(),
});

/** The tables of one queue, and the tenant of a task. The names are quoted by Drizzle, so any queue name is safe. */
export type QueueTables = ReturnType<typeof createTables> & {
  /** The tenant of a row of `tasks`, as SQL without an alias. */
  tenantId: SQL<string | null>;
  /** Whether a row belongs to these tenants, if rows are limited to some. */
  isOwn?: Visibility;
};

/**
 * The condition of a request on a table, evaluated for its visible rows only. PostgreSQL would otherwise evaluate cheap
 * conditions before the tenant, or in an index, and the duration of a request would reveal what other tenants' rows hold.
 */
export function ownFirst<T extends SQL | undefined>(
  { isOwn }: QueueTables,
  table: keyof Visibility,
  condition: T,
): T | SQL {
  return isOwn && condition
    ? sql`case when ${isOwn[table]} then ${condition} else false end`
    : condition;
}

/**
 * The tables of a queue as a query may see them: as the engine creates them or, if the dashboard, its viewer or
 * the query (`only`; empty means all) is restricted to tenants, as subqueries with the rows of these tenants: none
 * in a queue that the viewer does not see. Subqueries have the same columns and the same names in statements, but
 * accept no alias. Whether the tables exist is in the registry.
 *
 * Queries must not name the tables of queues in any other way; a test enforces it.
 */
export function queueTables(queue: string, only: readonly string[] = []): QueueTables {
  const tenants = narrowTenants(getTenants(queue), only);
  return getCached(queue, tenants, () => {
    const tables = createTables(queue);
    return tenants === null
      ? { ...tables, tenantId: plainTenant(queue, tables.tasks) }
      : restrictTables(tables, tenants);
  });
}

/**
 * The tables of a queue with the rows of all tenants, even if the dashboard is restricted. Only to decide how far
 * to read, never for results; a test lists the files that may use it.
 */
export function queueTablesOfAllTenants(queue: string): QueueTables {
  if (getTenants(queue) === null) return queueTables(queue);
  return getCached(queue, "all", () => exposeTenant(createTables(queue)));
}

const cache = new Map<string, QueueTables>();

let version = 0;

/** Changes whenever a statement that names the tables of queues may have to be written differently. */
export function getTablesVersion(): number {
  return version;
}

/** Queues with the column, by database and name. */
const tenantColumns = new Set<string>();
const getKey = (queue: string) => JSON.stringify([getDatabase().name, queue]);

/** Records whether the tasks of a queue have a column `tenant_id`, as found by the registry's query. */
export function noteTenantColumn(queue: string, present: boolean): void {
  const key = getKey(queue);
  if (tenantColumns.has(key) === present) return;
  if (present) tenantColumns.add(key);
  else tenantColumns.delete(key);
  cache.clear();
  version++;
}

function getCached(
  queue: string,
  tenants: Tenants | "all",
  create: () => QueueTables,
): QueueTables {
  const key = JSON.stringify([getDatabase().name, queue, tenants]);
  let tables = cache.get(key);
  if (!tables) {
    // Names also come from users, so the cache must not grow with their input.
    if (cache.size >= 1_000) cache.clear();
    tables = create();
    cache.set(key, tables);
  }
  return tables;
}

function plainTenant(queue: string, tasks: QueueTables["tasks"]): SQL<string | null> {
  return tenantColumns.has(getKey(queue))
    ? sql`coalesce(${tasks}.tenant_id::text, ${tasks.headers} ->> 'tenant_id')`
    : sql`${tasks.headers} ->> 'tenant_id'`;
}

function createTables(queue: string) {
  return {
    tasks: absurd.table(`t_${queue}`, {
      taskId: uuid("task_id").notNull().primaryKey(),
      name: text("task_name").notNull(),
      params: jsonb("params").notNull(),
      headers: jsonb("headers"),
      retryStrategy: jsonb("retry_strategy"),
      maxAttempts: integer("max_attempts"),
      cancellation: jsonb("cancellation"),
      enqueuedAt: instant("enqueue_at").notNull(),
      firstStartedAt: instant("first_started_at"),
      state: text("state", { enum: TASK_STATES }).notNull(),
      attempts: integer("attempts").notNull(),
      lastAttemptRun: uuid("last_attempt_run"),
      result: jsonb("completed_payload"),
      cancelledAt: instant("cancelled_at"),
      /** Since schema 0.0.6. */
      idempotencyKey: text("idempotency_key"),
    }),
    runs: absurd.table(`r_${queue}`, {
      runId: uuid("run_id").notNull().primaryKey(),
      taskId: uuid("task_id").notNull(),
      attempt: integer("attempt").notNull(),
      state: text("state", { enum: TASK_STATES }).notNull(),
      claimedBy: text("claimed_by"),
      claimExpiresAt: instant("claim_expires_at"),
      availableAt: instant("available_at").notNull(),
      wakeEvent: text("wake_event"),
      eventPayload: jsonb("event_payload"),
      startedAt: instant("started_at"),
      completedAt: instant("completed_at"),
      failedAt: instant("failed_at"),
      result: jsonb("result"),
      failureReason: jsonb("failure_reason"),
      createdAt: instant("created_at").notNull(),
    }),
    checkpoints: absurd.table(`c_${queue}`, {
      taskId: uuid("task_id").notNull(),
      name: text("checkpoint_name").notNull(),
      state: jsonb("state"),
      status: text("status").notNull(),
      ownerRunId: uuid("owner_run_id"),
      updatedAt: instant("updated_at").notNull(),
    }),
    events: absurd.table(`e_${queue}`, {
      name: text("event_name").notNull().primaryKey(),
      /** SQL NULL marks a sentinel: awaited, never emitted. */
      payload: jsonb("payload"),
      emittedAt: instant("emitted_at").notNull(),
    }),
    /** Where a partitioned queue keeps its idempotency keys unique; since schema 0.4.0. */
    idempotencyKeys: absurd.table(`i_${queue}`, {
      key: text("idempotency_key").notNull().primaryKey(),
      taskId: uuid("task_id").notNull(),
    }),
    waits: absurd.table(`w_${queue}`, {
      taskId: uuid("task_id").notNull(),
      runId: uuid("run_id").notNull(),
      stepName: text("step_name").notNull(),
      eventName: text("event_name").notNull(),
      timeoutAt: instant("timeout_at"),
      createdAt: instant("created_at").notNull(),
    }),
  };
}
