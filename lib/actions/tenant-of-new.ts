import type { Queryable } from "@/lib/absurd/connection/queryable";
import { getTaskTenant } from "@/lib/absurd/tasks/tenants";
import { getTenants, isAllowed } from "@/lib/db/tenants";
import type { JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import { type TaskAddress, tenantRequired } from "./reach";

/**
 * The headers of a new task, with its tenant: where the dashboard is restricted to one it is filled in, where to several
 * they have to name one of them.
 *
 * @throws ProblemError `tenant_required`
 */
export function nameTenant(headers: JsonObject | undefined): JsonObject | undefined {
  const tenants = getTenants();
  if (tenants === null) return headers;
  const [only, another] = tenants;
  const named = headers?.tenant_id ?? (another === undefined ? only : undefined);
  if (typeof named !== "string" || !isAllowed(tenants, named)) throw tenantRequired(tenants);
  return { ...headers, tenant_id: named };
}

/**
 * Keeps the task that has an idempotency key already from being told to who may not see it.
 *
 * @throws ProblemError `key_taken`
 */
export async function refuseForeignKey(
  db: Queryable,
  { queue, taskId }: TaskAddress,
): Promise<void> {
  const tenants = getTenants();
  if (tenants === null) return;
  const tenant = await getTaskTenant(db, queue, { taskId });
  if (tenant === undefined || !isAllowed(tenants, tenant))
    throw new ProblemError({
      code: "key_taken",
      message: "The idempotency key is taken in this queue.",
      hint: "Keys are shared by all tenants of a queue: begin it with the tenant's name.",
    });
}
