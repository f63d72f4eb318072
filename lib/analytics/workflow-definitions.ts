import "server-only";
import { type SQL, sql } from "drizzle-orm";
import { boolean, instant, nullable, text, uuid } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { showDigest } from "@/lib/db/redaction";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import {
  MOST_DEFINITION_CHARACTERS,
  type RunDefinition,
  type WorkflowDefinitionDetail,
  type WorkflowDefinitionList,
  type WorkflowDefinitionSummary,
  type WorkflowRunSummary,
} from "@/lib/model/workflow";
import { redactIn, redactLong } from "./scope/redact";
import { unreadableQueue, withQueues } from "./scope/registry";
import { findWorkflowRun, workflowRunNotFound } from "./workflows";
import { withRoots } from "./workflows/rows";
import { getWorkflowColumns } from "./workflows/tables";

const MOST_DEFINITIONS = 500;
const MOST_VERSIONS = 100;

/** A definition without its text. */
const DEFINITION = {
  definitionId: uuid,
  name: text,
  version: text,
  hash: nullable((value) => showDigest("definition digest", text(value))),
  tenantId: nullable(text),
  isPaused: boolean,
  sourceFormat: nullable(text),
  createdBy: nullable(text),
  createdAt: nullable(instant),
};

/** The select list for `DEFINITION`. */
const DEFINITION_COLUMNS = sql`definition_id::text as "definitionId", workflow_name as "name",
  workflow_version as "version", workflow_hash as "hash", tenant_id as "tenantId",
  coalesce(is_paused, false) as "isPaused", source_format as "sourceFormat", created_by as "createdBy",
  created_at::text as "createdAt"`;

/**
 * The stored definitions by name, the newest version first; the newest 500 in total.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function listWorkflowDefinitions(
  options: ReadOptions = {},
): Promise<WorkflowDefinitionList> {
  return withQueues([], options, async ({ db, now, queues }) => {
    const { definitions: columns, from } = await getWorkflowColumns(db, queues);
    if (columns.size === 0) return { definitions: [], installed: false, truncated: false, now };
    const rows = await query(
      db,
      DEFINITION,
      sql`
      select * from (
        select ${DEFINITION_COLUMNS} from ${from.definitions} order by created_at desc limit ${MOST_DEFINITIONS + 1}::int
      ) as newest order by "name", "createdAt" desc, "definitionId"`,
    );
    return {
      definitions: rows.slice(0, MOST_DEFINITIONS),
      installed: true,
      truncated: rows.length > MOST_DEFINITIONS,
      now,
    };
  });
}

/**
 * One stored definition as JSON text.
 *
 * @throws ProblemError `definition_not_found`, and as `withQueues` does.
 */
export function getWorkflowDefinition(
  definitionId: Uuid,
  options: ReadOptions = {},
): Promise<RunDefinition> {
  return withQueues([], options, async ({ db, queues }) => {
    const { definitions, from } = await getWorkflowColumns(db, queues);
    const found =
      definitions.size > 0 ? await findDefinition(db, from.definitions, definitionId) : undefined;
    if (!found) throw definitionNotFound();
    return shown(found);
  });
}

/**
 * The definition that a run executes, by the best evidence available; see `DefinitionSource`.
 *
 * @throws ProblemError `workflow_run_not_found`, `definition_not_found`, `timed_out` or `forbidden` if only the
 * root task could have it and its queue cannot be read, and as `withQueues` does.
 */
export function getRunDefinition(
  workflowRunId: Uuid,
  options: ReadOptions = {},
): Promise<RunDefinition> {
  return withQueues([], options, async ({ db, queues, unreadable }) => {
    const columns = await getWorkflowColumns(db, queues);
    const row = await findWorkflowRun(db, columns, workflowRunId);
    const [run] = row ? await withRoots(db, queues, [row]) : [];
    if (!run) throw workflowRunNotFound(workflowRunId);
    const from = columns.from.definitionsOfRuns(run.queue);
    const stored = columns.definitions.size > 0;
    const found =
      (stored && run.definitionId ? await findDefinition(db, from, run.definitionId) : undefined) ??
      (stored && row?.hash ? await findByHash(db, from, run, row.hash) : undefined) ??
      (run.rootState ? await findInRoot(db, run) : undefined) ??
      (stored ? await findByName(db, from, run) : undefined);
    const hidden = unreadable.find(({ name }) => name === run.queue);
    if (!found && hidden?.unreadable) throw unreadableQueue(hidden.name, hidden.unreadable);
    if (!found) throw definitionNotFound();
    return shown(found);
  });
}

/** Redacts a definition, also by the rules for params, which may contain it. */
async function shown(found: RunDefinition): Promise<RunDefinition> {
  const text =
    found.source === "params" ? await redactIn("params", "definition", found.text) : found.text;
  return { ...found, text: await redactLong("definition", text) };
}

function definitionNotFound(): ProblemError {
  return new ProblemError({
    code: "definition_not_found",
    message: "This run's definition is not stored.",
    hint: "Searched in workflow_definition and in the params of the root task, for at most two million bytes.",
  });
}

const FOUND = { text, definitionId: uuid };

const COLUMNS = sql`d.definition::text as text, d.definition_id::text as "definitionId"`;
const SMALL = isSmall(sql`d.definition`);

/** Whether a definition can be shown. Its stored size, which is free to read, excludes most of those that cannot. */
function isSmall(definition: SQL): SQL {
  return sql`pg_column_size(${definition}) <= ${4 * MOST_DEFINITION_CHARACTERS}::int
    and octet_length((${definition})::text) <= ${MOST_DEFINITION_CHARACTERS}::int`;
}

async function findDefinition(
  db: Database,
  from: SQL,
  id: Uuid,
): Promise<RunDefinition | undefined> {
  const rows = await query(
    db,
    FOUND,
    sql`select ${COLUMNS} from ${from} where d.definition_id = ${id}::uuid and ${SMALL}`,
  );
  return rows[0] && { ...rows[0], source: "definition_id" };
}

async function findByHash(
  db: Database,
  from: SQL,
  run: WorkflowRunSummary,
  hash: string,
): Promise<RunDefinition | undefined> {
  const rows = await query(
    db,
    FOUND,
    sql`
    select ${COLUMNS} from ${from}
    where d.workflow_name = ${run.name} and d.workflow_version = ${run.version}
      and d.workflow_hash = ${hash} and ${SMALL} and ${ofTenant(run)}
    order by d.tenant_id limit 1`,
  );
  return rows[0] && { ...rows[0], source: "hash" };
}

/** Finds a definition by name and version; nothing if several match, because any choice would be a guess. */
async function findByName(
  db: Database,
  from: SQL,
  run: WorkflowRunSummary,
): Promise<RunDefinition | undefined> {
  const rows = await query(
    db,
    FOUND,
    sql`
    select ${COLUMNS} from ${from}
    where d.workflow_name = ${run.name} and d.workflow_version = ${run.version} and ${SMALL}
      and ${ofTenant(run)}
    limit 2`,
  );
  return rows.length === 1 && rows[0] ? { ...rows[0], source: "name_and_version" } : undefined;
}

/** Whether a run may use a definition: their tenants are equal, or one of them has none. */
function ofTenant({ tenantId }: WorkflowRunSummary) {
  return tenantId === null ? sql`true` : sql`coalesce(d.tenant_id, ${tenantId}) = ${tenantId}`;
}

async function findInRoot(
  db: Database,
  { queue, rootTaskId }: WorkflowRunSummary,
): Promise<RunDefinition | undefined> {
  if (!queue || !rootTaskId) return undefined;
  const { tasks } = queueTables(queue);
  const rows = await query(
    db,
    { text },
    sql`
    select (${tasks.params} -> 'definition')::text as text from ${tasks}
    where ${tasks.taskId} = ${rootTaskId}::uuid and jsonb_typeof(${tasks.params} -> 'definition') = 'object'
      and ${isSmall(sql`${tasks.params} -> 'definition'`)}`,
  );
  return rows[0] && { text: rows[0].text, source: "params", definitionId: null };
}

/**
 * One stored definition with its text, and the newest definitions with its name and tenant, including itself.
 *
 * @throws ProblemError `definition_not_found`, and as `withQueues` does.
 */
export function getDefinitionDetail(
  definitionId: Uuid,
  options: ReadOptions = {},
): Promise<WorkflowDefinitionDetail> {
  return withQueues([], options, async ({ db, now, queues }) => {
    const { definitions, from } = await getWorkflowColumns(db, queues);
    if (definitions.size === 0) throw notFound(definitionId);
    const [row] = await query(
      db,
      { ...DEFINITION, text: nullable(text) },
      sql`
      select ${DEFINITION_COLUMNS},
        case when ${isSmall(sql`definition`)} then definition::text end as text
      from ${from.definitions} where definition_id = ${definitionId}::uuid`,
    );
    if (!row) throw notFound(definitionId);
    const versions = await query(
      db,
      DEFINITION,
      sql`
      select ${DEFINITION_COLUMNS} from ${from.definitions}
      where workflow_name = ${row.name} and tenant_id is not distinct from ${row.tenantId}
      order by (definition_id = ${definitionId}::uuid) desc, created_at desc, definition_id desc
      limit ${MOST_VERSIONS}::int`,
    );
    return {
      ...row,
      text: row.text && (await redactLong("definition", row.text)),
      versions: versions.sort(newestFirst),
      now,
    };
  });
}

function newestFirst(a: WorkflowDefinitionSummary, b: WorkflowDefinitionSummary): number {
  return (b.createdAt ?? "").localeCompare(a.createdAt ?? "");
}

function notFound(definitionId: Uuid): ProblemError {
  return new ProblemError({
    code: "definition_not_found",
    message: `There is no definition ${definitionId}.`,
    hint: "It may have been removed, or the database stores no definitions.",
  });
}
