import { type SQL, sql } from "drizzle-orm";
import { boolean, oneOf, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import { type Database, keepPlans } from "@/lib/db/snapshot";
import { getTenants, inScope, matchesTenants, type Tenants } from "@/lib/db/tenants";
import type { WorkflowTables } from "@/lib/model/workflow";
import { filteredTable, type RegisteredQueue } from "../scope/registry";

/** The columns of the tables in `public`; empty for a table that is missing or unreadable. */
export type WorkflowColumns = {
  runs: ReadonlySet<string>;
  definitions: ReadonlySet<string>;
  /** Whether every run has a time of creation, so that pages can be sorted by it. */
  dated: boolean;
  /** The sources of queries: the tables, or their rows of the allowed tenants. */
  from: WorkflowSources;
};

/** A table without these columns is not a table of workflows. */
const NEEDED = {
  run: ["workflow_run_id"],
  definition: ["definition_id", "workflow_name", "workflow_version", "definition"],
};

/**
 * The existing columns. Other programs create these tables in different shapes, or not at all.
 *
 * @throws ProblemError `forbidden` if row-level security may hide rows of a table.
 */
export async function getWorkflowColumns(
  db: Database,
  queues: readonly RegisteredQueue[],
): Promise<WorkflowColumns> {
  const rows = await query(
    keepPlans(db),
    { table: oneOf(["run", "definition"]), name: text, given: boolean, filtered: boolean },
    sql`select wanted.name as "table", attname as name, attnotnull as given,
        row_security_active(wanted.id::oid) as filtered
      from (values ('run', to_regclass('public.workflow_run')),
        ('definition', to_regclass('public.workflow_definition'))) as wanted(name, id)
      join pg_attribute on attrelid = wanted.id and attnum > 0 and not attisdropped`,
  );
  const hidden = rows.find(({ filtered }) => filtered);
  if (hidden) throw filteredTable(`public.workflow_${hidden.table}`);
  const of = (table: keyof typeof NEEDED) => {
    const names = new Set(rows.flatMap((row) => (row.table === table ? [row.name] : [])));
    return NEEDED[table].every((name) => names.has(name)) ? names : new Set<string>();
  };
  const columns = { runs: of("run"), definitions: of("definition") };
  return {
    ...columns,
    from: workflowSources(columns, queues),
    dated: rows.some((row) => row.table === "run" && row.name === "created_at" && row.given),
  };
}

/** The existing tables and columns, for pages. */
export function describeTables({ runs, definitions, dated }: WorkflowColumns): WorkflowTables {
  return {
    runs: runs.size > 0,
    definitions: definitions.size > 0,
    createdAt: dated,
    tenants: runs.has("tenant_id"),
  };
}

/** A column of a run if the table has it, otherwise NULL. */
export function runColumn({ runs }: WorkflowColumns, name: string): SQL {
  return runs.has(name) ? sql`w.${sql.identifier(name)}` : sql`null`;
}

/** The workflow runs as `w` and the definitions as `d`, restricted to the allowed tenants. */
export type WorkflowSources = {
  runs: SQL;
  /** Whether the run `w` is visible, which holds for each; `undefined` if every run is. */
  isOwn: SQL | undefined;
  definitions: SQL;
  /** The definitions used by runs in a visible queue, including those that are not visible on their own. */
  definitionsOfRuns: (queue: string | null) => SQL;
};

const UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";

/**
 * What to select workflow runs and definitions from. Queries must not name these tables in any other way; a test
 * enforces it. For a viewer with a restricted scope these are the runs of its queues and tenants, and the
 * definitions of its tenants; definitions belong to no queue, so they are visible to viewers who see all queues.
 * Without a column `tenant_id`, they are the runs whose root task is visible, and no definitions.
 */
export function workflowSources(
  columns: { runs: ReadonlySet<string>; definitions: ReadonlySet<string> },
  queues: readonly RegisteredQueue[],
): WorkflowSources {
  const ofTenants = (tenants: readonly string[], item = sql`item`) =>
    matchesTenants(tenants, sql`${item}.tenant_id::text`);
  const isVisible = (item: SQL) =>
    inScope(
      columns.runs.has("absurd_queue") ? sql`${item}.absurd_queue::text` : sql`null::text`,
      columns.runs.has("tenant_id")
        ? (tenants) => ofTenants(tenants, item)
        : () => hasVisibleRoot(item, columns.runs, queues),
    );
  const run = isVisible(sql`item`);
  const definitions = sql`select item.*${absent(columns.definitions)} from public.workflow_definition item`;
  const hasTenants = columns.definitions.has("tenant_id");
  const definition = inScope(
    sql`null::text`,
    hasTenants ? (tenants) => ofTenants(tenants) : () => sql`false`,
  );
  const ofRun = (tenants: Tenants) => tenants && (hasTenants ? ofTenants(tenants) : sql`false`);
  const where = (condition: SQL | null | undefined) =>
    condition ? sql`(${definitions} where ${condition}) d` : sql`(${definitions}) d`;
  return {
    runs: run
      ? sql`(select item.* from public.workflow_run item where ${run}) w`
      : sql`public.workflow_run w`,
    isOwn: isVisible(sql`w`),
    definitions: where(definition),
    definitionsOfRuns: (queue) => where(ofRun(getTenants(queue ?? undefined))),
  };
}

/** Optional columns of a table of definitions. */
const OPTIONAL = {
  workflow_hash: sql`text`,
  source_format: sql`text`,
  tenant_id: sql`text`,
  is_paused: sql`boolean`,
  created_by: sql`text`,
  created_at: sql`timestamptz`,
};

/** The columns that this table of definitions lacks, as NULL, to be selected after the existing ones. */
function absent(columns: ReadonlySet<string>): SQL {
  const missing = Object.entries(OPTIONAL).filter(([name]) => !columns.has(name));
  return sql.join(missing.map(([name, type]) => sql`, null::${type} as ${sql.identifier(name)}`));
}

/** Whether the root task of a run can be seen in its queue. */
function hasVisibleRoot(
  item: SQL,
  runColumns: ReadonlySet<string>,
  queues: readonly RegisteredQueue[],
): SQL {
  if (!runColumns.has("absurd_queue") || queues.length === 0) return sql`false`;
  const id = (name: string) =>
    runColumns.has(name)
      ? sql`case when ${item}.${sql.identifier(name)}::text ~ ${UUID} then ${item}.${sql.identifier(name)}::text::uuid end`
      : sql`null::uuid`;
  const arms = queues.map(({ name }) => {
    const { tasks, runs } = queueTables(name);
    return sql`when ${name}::text then (
      select true from ${tasks} where ${tasks.taskId} = coalesce(${id("absurd_task_id")}, (
        select ${runs.taskId} from ${runs} where ${runs.runId} = ${id("absurd_run_id")}
      )) limit 1)`;
  });
  return sql`(case ${item}.absurd_queue::text ${sql.join(arms, sql` `)} end)`;
}
