import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { decodeDate, decodeJson, selectInstants, selectJson } from "../connection/columns.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, quoteIdentifier } from "../connection/sql.ts";
import { WorkflowTableMissingError } from "../errors.ts";

/** Schema of the `workflow_run` table; `public` by default. */
export type WorkflowSchema = { schema?: string };

/** A workflow run without its payloads. */
export type WorkflowRunSummary = {
  workflowRunId: Uuid;
  workflowName: string;
  workflowVersion: string;
  workflowHash: string | null;
  /** One of `WORKFLOW_STATUSES`, unless another program writes its own. */
  status: string;
  /** The first attempt of the root task. */
  absurdRunId: Uuid | null;
  absurdQueue: string | null;
  createdBy: string | null;
  tags: JsonObject | null;
  taskCount: number | null;
  startedAt: Date | null;
  completedAt: Date | null;
  /** This and the following are absent if the table has no such column. */
  createdAt?: Date;
  updatedAt?: Date;
  absurdTaskId?: Uuid;
  tenantId?: string;
  definitionId?: Uuid;
  parentWorkflowRunId?: Uuid;
};

/** A workflow run. `undefined` payloads are SQL NULL. */
export type WorkflowRun = WorkflowRunSummary & {
  inputs: Json | undefined;
  result: Json | undefined;
  error: Json | undefined;
};

/** A `workflow_run` table and its columns. */
export type WorkflowTable = { sql: string; columns: ReadonlySet<string> };

/**
 * Finds the `workflow_run` table of a schema and its columns, which differ between the programs that create it.
 *
 * @throws WorkflowTableMissingError.
 */
export async function findWorkflowTable(db: Queryable, schema: string): Promise<WorkflowTable> {
  const sql = `${quoteIdentifier(schema)}.workflow_run`;
  const rows = await call<{ name: string }>(
    db,
    `select attname as name from pg_attribute
      where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [sql],
  );
  if (rows.length === 0) throw new WorkflowTableMissingError(`${schema}.workflow_run`);
  return { sql, columns: new Set(rows.map((row) => row.name)) };
}

const PLAIN = [
  "workflow_name",
  "workflow_version",
  "workflow_hash",
  "status",
  "absurd_run_id",
  "absurd_queue",
  "created_by",
  "task_count",
  "absurd_task_id",
  "tenant_id",
  "definition_id",
  "parent_workflow_run_id",
];
const INSTANTS = ["started_at", "completed_at", "created_at", "updated_at"];
const PAYLOADS = ["inputs", "result", "error"];

/** Select list for `decodeSummary`, with or without payloads; a missing column is NULL. */
export function selectRun(table: WorkflowTable, options: { payloads: boolean }): string {
  const json = options.payloads ? ["tags", ...PAYLOADS] : ["tags"];
  const read = (names: string[], select: (name: string) => string) =>
    names.map((name) => (table.columns.has(name) ? select(name) : `null as ${name}`));
  return [
    "workflow_run_id",
    ...read(PLAIN, (name) => `${name}::text as ${name}`),
    ...read(json, selectJson),
    ...read(INSTANTS, selectInstants),
  ].join(", ");
}

/** Columns selected by `selectRun`, all as text. */
export type WorkflowRow = { workflow_run_id: Uuid; [column: string]: string | null };

/** Decodes a row of `selectRun`. */
export function decodeSummary(row: WorkflowRow): WorkflowRunSummary {
  const text = (name: string) => row[name] ?? null;
  const given = <K extends string, V>(key: K, value: V | null) =>
    (value === null ? {} : { [key]: value }) as { [name in K]?: V };
  return {
    workflowRunId: row.workflow_run_id,
    workflowName: text("workflow_name") ?? "",
    workflowVersion: text("workflow_version") ?? "",
    workflowHash: text("workflow_hash"),
    status: text("status") ?? "",
    absurdRunId: text("absurd_run_id"),
    absurdQueue: text("absurd_queue"),
    createdBy: text("created_by"),
    tags: (decodeJson(text("tags")) ?? null) as JsonObject | null,
    taskCount: row.task_count == null ? null : Number(row.task_count),
    startedAt: decodeDate(text("started_at")),
    completedAt: decodeDate(text("completed_at")),
    ...given("createdAt", decodeDate(text("created_at"))),
    ...given("updatedAt", decodeDate(text("updated_at"))),
    ...given("absurdTaskId", text("absurd_task_id")),
    ...given("tenantId", text("tenant_id")),
    ...given("definitionId", text("definition_id")),
    ...given("parentWorkflowRunId", text("parent_workflow_run_id")),
  };
}
