import { getTableColumns, getTableName, type SQL, type SQLChunk, Subquery, sql } from "drizzle-orm";
import { alias, type PgTable } from "drizzle-orm/pg-core";
import { matchesTenants } from "./tenants";

type Tables = Record<
  "tasks" | "runs" | "checkpoints" | "events" | "waits" | "idempotencyKeys",
  PgTable
>;

/** The condition that a row is visible, for rows of the tables to which requests apply conditions. */
export type Visibility = Record<"tasks" | "runs" | "waits", SQL>;

/** The column of a task's tenant in a subquery; no column of a queue has this name. */
const TENANT = sql.identifier("absurd_dashboard_tenant");

/**
 * The tables of a queue as subqueries limited to these tenants: their tasks, the events that these tasks wait for,
 * and the rows of all other tables that belong to these tasks. PostgreSQL flattens them into the surrounding
 * statement, so key ranges stay key ranges. Rows of other tables are tested by a scalar subquery, which never
 * becomes a join: one lookup of a task by key for each row that passes all other conditions.
 */
export function restrictTables<T extends Tables>(
  tables: T,
  tenants: readonly string[],
): T & { tenantId: SQL<string | null>; isOwn: Visibility } {
  const { tasks, runs, events, waits } = tables;
  const belongs = (row: SQLChunk) => sql`(
    select task.allowed from (select null::text as tenant_id) as elsewhere
    cross join lateral (
      select ${matchesTenants(tenants, sql`${selectTenant()}`)} as allowed
      from ${tasks} t where t.task_id = ${row}.task_id
    ) as task)`;
  const ofTasks = (table: PgTable) =>
    sql`select owned.* from ${table} owned where ${belongs(sql`owned`)}`;
  // Every other table belongs to tasks. One added later must too, or its statements fail.
  const owned = Object.entries(tables).map(([name, table]) => [
    name,
    replaceTable(table, ofTasks(table)),
  ]);
  const tenantId = sql<string | null>`${sql.identifier(getTableName(tasks))}.${TENANT}`;
  return {
    ...(Object.fromEntries(owned) as T),
    tasks: replaceTable(
      tasks,
      sql`${withTenant(tasks)} where ${matchesTenants(tenants, sql`task.${TENANT}`)}`,
    ),
    events: replaceTable(
      events,
      sql`select event.* from ${events} event where (
        select true from ${waits} wait
        where wait.event_name = event.event_name and ${belongs(sql`wait`)} limit 1)`,
    ),
    tenantId,
    isOwn: {
      tasks: matchesTenants(tenants, tenantId),
      runs: belongs(sql.identifier(getTableName(runs))),
      waits: belongs(sql.identifier(getTableName(waits))),
    },
  };
}

/** The tables of a queue with all rows, and the tenant of its tasks as in `restrictTables`. */
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
    cross join lateral (select t.*, ${selectTenant()} as ${TENANT} from ${tasks} t) as task`;
}

/**
 * The tenant of the task `t`: its column if the table has one, otherwise its header. Without the column, the bare
 * name resolves to `elsewhere.tenant_id`, which is NULL, so the statement is correct even if the column was added
 * a moment ago.
 */
function selectTenant(): SQL {
  return sql`coalesce(tenant_id::text, t.headers ->> 'tenant_id')`;
}

/** A subquery that statements can use like the table itself. */
export function replaceTable<T extends PgTable>(table: T, rows: SQL): T {
  const name = getTableName(table);
  const columns = getTableColumns(alias(table, name));
  return Object.assign(new Subquery(rows, columns, name), columns) as unknown as T;
}
