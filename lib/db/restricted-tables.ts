import { getTableColumns, getTableName, type SQL, Subquery, sql } from "drizzle-orm";
import { alias, type PgTable } from "drizzle-orm/pg-core";
import { isTenantOf } from "./tenants";

type Tables = Record<
  "tasks" | "runs" | "checkpoints" | "events" | "waits" | "idempotencyKeys",
  PgTable
>;

/** What the tenant of a task is called where it comes out of a sub-select; no column of a queue is called so. */
const TENANT = sql.identifier("absurd_dashboard_tenant");

/**
 * The tables of a queue as sub-selects of what belongs to these tenants: their tasks, the events that these wait for,
 * and the rows of all other tables that are of these tasks. PostgreSQL merges them into the statement around them, so
 * that ranges of keys stay ranges of keys. What is not a task itself is tested by a scalar sub-select, which never becomes a join: it is
 * one look-up of a task by key for each row that all other conditions leave.
 */
export function restrictTables<T extends Tables>(
  tables: T,
  tenants: readonly string[],
): T & { tenantId: SQL<string | null> } {
  const { tasks, events, waits } = tables;
  const belongs = (row: SQL) => sql`(
    select task.allowed from (select null::text as tenant_id) as elsewhere
    cross join lateral (
      select ${isTenantOf(tenants, sql`${tenantOf()}`)} as allowed
      from ${tasks} t where t.task_id = ${row}.task_id
    ) as task)`;
  const ofTasks = (table: PgTable) =>
    sql`select owned.* from ${table} owned where ${belongs(sql`owned`)}`;
  // Every other table belongs to tasks: one that is added later, too, or its statements fail.
  const owned = Object.entries(tables).map(([name, table]) => [
    name,
    replaceTable(table, ofTasks(table)),
  ]);
  return {
    ...(Object.fromEntries(owned) as T),
    tasks: replaceTable(
      tasks,
      sql`${withTenant(tasks)} where ${isTenantOf(tenants, sql`task.${TENANT}`)}`,
    ),
    events: replaceTable(
      events,
      sql`select event.* from ${events} event where (
        select true from ${waits} wait
        where wait.event_name = event.event_name and ${belongs(sql`wait`)} limit 1)`,
    ),
    tenantId: sql`${sql.identifier(getTableName(tasks))}.${TENANT}`,
  };
}

/** The tables of a queue with all rows; the tenant of its tasks can be asked for as in `restrictTables`. */
export function exposeTenant<T extends Tables>(tables: T): T & { tenantId: SQL<string | null> } {
  const { tasks } = tables;
  return {
    ...tables,
    tasks: replaceTable(tasks, withTenant(tasks)),
    tenantId: sql`${sql.identifier(getTableName(tasks))}.${TENANT}`,
  };
}

function withTenant(tasks: PgTable): SQL {
  return sql`select task.* from (select null::text as tenant_id) as elsewhere
    cross join lateral (select t.*, ${tenantOf()} as ${TENANT} from ${tasks} t) as task`;
}

/**
 * The tenant of the task `t`: its column where the table has one, else its header. Where it has none the bare name means
 * `elsewhere.tenant_id`, which is NULL; so it is right in the very statement that reads, whatever was added meanwhile.
 */
function tenantOf(): SQL {
  return sql`coalesce(tenant_id::text, t.headers ->> 'tenant_id')`;
}

/** A sub-select that statements can use like the table itself. */
export function replaceTable<T extends PgTable>(table: T, rows: SQL): T {
  const name = getTableName(table);
  const columns = getTableColumns(alias(table, name));
  return Object.assign(new Subquery(rows, columns, name), columns) as unknown as T;
}
