import "server-only";
import { sql } from "drizzle-orm";
import { toIso } from "@/lib/db/decode";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { WorkflowDefinitionDetail, WorkflowDefinitionSummary } from "@/lib/model/workflow";
import { ReadError } from "./errors";
import { redact } from "./redact";
import { readQueues } from "./registry";
import { readWorkflowColumns } from "./workflow-tables";

/** Longer definitions are not given: nobody could look at their picture. */
export const MOST_DEFINITION_BYTES = 4_194_304;
const MOST_VERSIONS = 100;

/** What is selected of a definition without its text. */
export const DEFINITION_COLUMNS = sql`definition_id::text as "definitionId", workflow_name as "name",
  workflow_version as "version", workflow_hash as "hash", tenant_id as "tenantId",
  coalesce(is_paused, false) as "isPaused", source_format as "sourceFormat", created_by as "createdBy",
  created_at::text as "createdAt"`;

/** That row as pages see it. */
export function toDefinition(row: WorkflowDefinitionSummary): WorkflowDefinitionSummary {
  return { ...row, createdAt: row.createdAt && toIso(row.createdAt) };
}

/**
 * One stored definition with its text, and the newest of those that have its name and tenant, itself among them.
 *
 * @throws ReadError `definition_not_found`, and what `readQueues` throws.
 */
export function getDefinitionDetail(
  definitionId: Uuid,
  options: ReadOptions = {},
): Promise<WorkflowDefinitionDetail> {
  return readQueues([], options, async ({ db, now, queues }) => {
    const { definitions, from } = await readWorkflowColumns(db, queues);
    if (definitions.size === 0) throw notFound(definitionId);
    const found = await db.execute<WorkflowDefinitionSummary & { text: string | null }>(sql`
      select ${DEFINITION_COLUMNS},
        case when pg_column_size(definition) <= ${MOST_DEFINITION_BYTES}::int then definition::text end as text
      from ${from.definitions} where definition_id = ${definitionId}::uuid`);
    const [row] = found.rows;
    if (!row) throw notFound(definitionId);
    const versions = await db.execute<WorkflowDefinitionSummary>(sql`
      select ${DEFINITION_COLUMNS} from ${from.definitions}
      where workflow_name = ${row.name} and tenant_id is not distinct from ${row.tenantId}
      order by (definition_id = ${definitionId}::uuid) desc, created_at desc, definition_id desc
      limit ${MOST_VERSIONS}::int`);
    return {
      ...toDefinition(row),
      text: row.text && redact("definition", row.text).text,
      versions: versions.rows.map(toDefinition).sort(newestFirst),
      now,
    };
  });
}

function newestFirst(a: WorkflowDefinitionSummary, b: WorkflowDefinitionSummary): number {
  return (b.createdAt ?? "").localeCompare(a.createdAt ?? "");
}

function notFound(definitionId: Uuid): ReadError {
  return new ReadError(
    "definition_not_found",
    `There is no definition ${definitionId}.`,
    "It may have been removed, or the database stores no definitions.",
  );
}
