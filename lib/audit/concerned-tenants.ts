import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call, queueTable } from "@/lib/absurd/connection/sql";
import { WorkflowTableMissingError } from "@/lib/absurd/errors";
import { getTaskTenant } from "@/lib/absurd/tasks/tenants";
import { getWorkflowRunTenant } from "@/lib/absurd/workflow-runs/tenant";
import { getTenants, isAllowed, type Tenants } from "@/lib/db/tenants";

/**
 * The tenants whose business an entry of the record is: that of the task, run or workflow run it is about, or else those
 * that the dashboard is restricted to; so is an attempt on something that they may not see. `null`: it concerns all, or
 * nobody knows whom, and no restricted dashboard shows it.
 */
export async function concernedTenants(
  db: Queryable,
  record: { input: unknown; output?: unknown; tenants?: Tenants },
): Promise<Tenants> {
  const restriction = record.tenants ?? getTenants();
  const tenant = await tenantOf(db, { ...asObject(record.output), ...asObject(record.input) });
  return tenant != null && isAllowed(restriction, tenant) ? [tenant] : restriction;
}

async function tenantOf(
  db: Queryable,
  { queue, taskId, runId, workflowRunId }: Record<string, unknown>,
): Promise<string | null | undefined> {
  if (typeof workflowRunId === "string")
    return getWorkflowRunTenant(db, workflowRunId).catch(ignoreMissing);
  if (typeof queue !== "string" || !(await isReadable(db, queue))) return undefined;
  if (typeof taskId === "string") return getTaskTenant(db, queue, { taskId });
  return typeof runId === "string" ? getTaskTenant(db, queue, { runId }) : undefined;
}

/** Asked first, since a statement that fails would undo what the entry is about. */
async function isReadable(db: Queryable, queue: string): Promise<boolean> {
  if (Buffer.byteLength(queue) > 61) return false;
  const [row] = await call<{ yes: boolean }>(db, "select to_regclass($1) is not null as yes", [
    queueTable("t", queue),
  ]);
  return row?.yes ?? false;
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof WorkflowTableMissingError)) throw error;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
