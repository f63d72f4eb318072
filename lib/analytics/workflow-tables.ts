import { type SQL, sql } from "drizzle-orm";
import type { Database } from "@/lib/db/snapshot";
import type { WorkflowTables } from "@/lib/model/workflow";
import type { RegisteredQueue } from "./registry";
import { type WorkflowSources, workflowSources } from "./workflow-sources";

/** The columns that the tables of `public` really have; empty where there is no such table, or none that can be read. */
export type WorkflowColumns = {
  runs: ReadonlySet<string>;
  definitions: ReadonlySet<string>;
  /** Whether every run has a time of creation, so that pages can go by it. */
  dated: boolean;
  /** What to select from: the tables, or what may be seen of them. */
  from: WorkflowSources;
};

/** Without these a table of that name is something else. */
const NEEDED = {
  run: ["workflow_run_id"],
  definition: ["definition_id", "workflow_name", "workflow_version", "definition"],
};

/** Programs make these tables in different shapes, or not at all, so their columns are asked for. */
export async function readWorkflowColumns(
  db: Database,
  queues: readonly RegisteredQueue[],
): Promise<WorkflowColumns> {
  const { rows } = await db.execute<{ table: "run" | "definition"; name: string; given: boolean }>(
    sql`select wanted.name as "table", attname as name, attnotnull as given
      from (values ('run', to_regclass('public.workflow_run')),
        ('definition', to_regclass('public.workflow_definition'))) as wanted(name, id)
      join pg_attribute on attrelid = wanted.id and attnum > 0 and not attisdropped`,
  );
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

/** What the browser is told of the tables. */
export function describeTables({ runs, definitions, dated }: WorkflowColumns): WorkflowTables {
  return {
    runs: runs.size > 0,
    definitions: definitions.size > 0,
    createdAt: dated,
    tenants: runs.has("tenant_id"),
  };
}

/** A column of a run if the table has it, else NULL. */
export function runColumn({ runs }: WorkflowColumns, name: string): SQL {
  return runs.has(name) ? sql`w.${sql.identifier(name)}` : sql`null`;
}
