import { createHash } from "node:crypto";
import { stringifyJson } from "../../absurd/connection/json.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { call } from "../../absurd/connection/sql.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import { workInTurns } from "../../model/work/turns.ts";
import { formatHashed, formatHashedInTurns } from "../language/hash.ts";
import type { Workflow } from "../model/workflow.ts";

/** Like `workflowHash`, by Node's implementation of SHA-256, which takes a hundredth of the time. */
export function computeHash(workflow: Workflow): string {
  return createHash("sha256").update(formatHashed(workflow)).digest("hex");
}

/** Like `computeHash`; other requests are served in between. */
export async function computeHashInTurns(workflow: Workflow): Promise<string> {
  const text = await workInTurns(formatHashedInTurns(workflow));
  return createHash("sha256").update(text).digest("hex");
}

/** A definition as stored in `workflow_definition`. */
export type StoredDefinition = {
  definitionId: Uuid;
  name: string;
  version: string;
  /** `null` if the table has no tenants. */
  tenantId: string | null;
  isPaused: boolean;
  /** The normalised definition as JSON text. */
  text: string;
};

/**
 * Stores a workflow, so that it can be found and started by its id. The same workflow of the same tenant is stored
 * once.
 *
 * @returns its id.
 * @throws AbsurdDbError `42P01` if the dashboard's tables are absent.
 */
export async function storeWorkflow(
  db: Queryable,
  workflow: Workflow,
  options: {
    tenantId?: string;
    createdBy?: string;
    sourceFormat?: "yaml" | "json" | "builder";
  } = {},
): Promise<Uuid> {
  const { tenantId = "default", createdBy = null, sourceFormat = null } = options;
  const { name, version } = workflow;
  const key = [name, version, computeHash(workflow), tenantId];
  await call(
    db,
    `insert into public.workflow_definition
       (workflow_name, workflow_version, workflow_hash, tenant_id, definition, source_format, created_by)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7) on conflict do nothing`,
    [...key, stringifyJson(workflow as Json), sourceFormat, createdBy],
  );
  const [row] = await call<{ id: Uuid }>(
    db,
    `select definition_id::text as id from public.workflow_definition
      where workflow_name = $1 and workflow_version = $2 and workflow_hash = $3 and tenant_id = $4`,
    key,
  );
  return row?.id ?? "";
}

/**
 * A stored definition, or `null`; also `null` if the dashboard's tables are absent. A table that another program
 * created may lack tenants and pauses. With `lock` the row cannot change until the transaction ends.
 */
export async function getStoredDefinition(
  db: Queryable,
  definitionId: Uuid,
  options: { lock?: boolean } = {},
): Promise<StoredDefinition | null> {
  const columns = await listColumns(db);
  const has = (column: string) => columns.has(column);
  if (!has("definition_id")) return null;
  const [row] = await call<Row>(
    db,
    `select definition_id::text as id, workflow_name, workflow_version, definition::text as text,
            ${has("tenant_id") ? "tenant_id" : "null"} as tenant_id,
            ${has("is_paused") ? "is_paused" : "false"} as is_paused
       from public.workflow_definition where definition_id = $1
       ${options.lock ? "for share" : ""}`,
    [definitionId],
  );
  if (!row) return null;
  return {
    definitionId: row.id,
    name: row.workflow_name,
    version: row.workflow_version,
    tenantId: row.tenant_id,
    isPaused: row.is_paused,
    text: row.text,
  };
}

type Row = {
  id: Uuid;
  workflow_name: string;
  workflow_version: string;
  tenant_id: string | null;
  is_paused: boolean;
  text: string;
};

/**
 * The newest stored definition with this name, and this version if one is given, that is not paused; `null` if
 * there is none, or if the dashboard's tables are absent.
 */
export async function findDefinition(
  db: Queryable,
  { name, version, tenantId }: { name: string; version: string | null; tenantId: string },
): Promise<StoredDefinition | null> {
  const columns = await listColumns(db);
  if (!columns.has("definition_id")) return null;
  const [row] = await call<{ id: Uuid }>(
    db,
    `select definition_id::text as id from public.workflow_definition
      where workflow_name = $1 and ($2::text is null or workflow_version = $2)
        ${columns.has("tenant_id") ? "and tenant_id = $3" : "and $3::text is not null"}
        ${columns.has("is_paused") ? "and not is_paused" : ""}
      order by ${columns.has("created_at") ? "created_at desc, " : ""}definition_id desc limit 1`,
    [name, version, tenantId],
  );
  return row ? getStoredDefinition(db, row.id) : null;
}

/** The columns of `workflow_definition`; none if the table is absent. */
async function listColumns(db: Queryable): Promise<ReadonlySet<string>> {
  const columns = await call<{ name: string }>(
    db,
    `select attname as name from pg_attribute
      where attrelid = to_regclass('public.workflow_definition') and not attisdropped`,
  );
  return new Set(columns.map(({ name }) => name));
}
