import type { Uuid } from "../../model/ids.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { getTaskTenant } from "../tasks/tenants.ts";
import { decodeSummary, findWorkflowTable, selectRun, type WorkflowRow } from "./table.ts";

/**
 * Returns the tenant of a workflow run: its column `tenant_id`, or without that column the tenant of its root
 * task. `null` if it has none, `undefined` for an unknown run.
 *
 * @throws WorkflowTableMissingError.
 */
export async function getWorkflowRunTenant(
  db: Queryable,
  workflowRunId: Uuid,
): Promise<string | null | undefined> {
  const table = await findWorkflowTable(db, "public");
  const [row] = await call<WorkflowRow>(
    db,
    `select ${selectRun(table, { payloads: false })} from ${table.sql} where workflow_run_id = $1`,
    [workflowRunId],
  );
  if (!row) return undefined;
  const { tenantId, absurdQueue, absurdTaskId, absurdRunId } = decodeSummary(row);
  if (table.columns.has("tenant_id")) return tenantId ?? null;
  if (!absurdQueue || !(await exists(db, absurdQueue))) return null;
  if (absurdTaskId) return (await getTaskTenant(db, absurdQueue, { taskId: absurdTaskId })) ?? null;
  return absurdRunId
    ? ((await getTaskTenant(db, absurdQueue, { runId: absurdRunId })) ?? null)
    : null;
}

/** Checked first, because a failing statement would abort the caller's transaction. */
async function exists(db: Queryable, queue: string): Promise<boolean> {
  const [row] = await call<{ yes: boolean }>(db, "select to_regclass($1) is not null as yes", [
    queueTable("t", queue),
  ]);
  return row?.yes ?? false;
}
