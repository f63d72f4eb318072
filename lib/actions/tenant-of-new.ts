import { getTaskTenant } from "@/lib/absurd/tenants";
import type { Queryable } from "@/lib/absurd/types";
import { getTenants, isAllowed } from "@/lib/db/tenants";
import type { JsonObject } from "@/lib/model/json";
import { type TaskAddress, tenantRequired } from "./reach";
import { ActionRefusal } from "./result";

/**
 * The headers of a new task, with its tenant: where the dashboard is restricted to one it is filled in, where to several
 * they have to name one of them.
 *
 * @throws ActionRefusal `tenant_required`
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
 * @throws ActionRefusal `key_taken`
 */
export async function refuseForeignKey(
  db: Queryable,
  { queue, taskId }: TaskAddress,
): Promise<void> {
  const tenants = getTenants();
  if (tenants === null) return;
  const tenant = await getTaskTenant(db, queue, { taskId });
  if (tenant === undefined || !isAllowed(tenants, tenant))
    throw new ActionRefusal(
      "key_taken",
      "The idempotency key is taken in this queue.",
      "Keys are shared by all tenants of a queue: begin it with the tenant's name.",
    );
}
