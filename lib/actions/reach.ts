import type { Queryable } from "@/lib/absurd/connection/queryable";
import { getTaskTenant } from "@/lib/absurd/tasks/tenants";
import { getTenants, isAllowed } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";

/** A task by its address. */
export type TaskAddress = { queue: string; taskId: Uuid };

/**
 * What an action reaches for: each has to say it, so that none can pass by a restriction to tenants. Asked only where
 * the dashboard is restricted.
 */
export type Reach<Input, Output = unknown> = {
  /**
   * Throws when the action reaches beyond the tenants: like for an id that is not there, word for word. Runs in the
   * action's transaction, before its work.
   */
  allow: (db: Queryable, input: Input, tenants: readonly string[]) => Promise<void> | void;
  /** The tasks that it made: where one of them is none of the tenants', all is undone. */
  made?: (input: Input, output: Output) => TaskAddress[];
};

/** Lets an action reach for something, if the tenants of this dashboard may. */
export async function allowReach<Input>(
  reach: Reach<Input, never>,
  db: Queryable,
  input: Input,
): Promise<void> {
  const tenants = getTenants();
  if (tenants !== null) await reach.allow(db, input, tenants);
}

/**
 * Makes sure that new tasks belong to the tenants of this dashboard.
 *
 * @throws ProblemError `tenant_required`
 */
export async function requireOwnTasks(db: Queryable, tasks: TaskAddress[]): Promise<void> {
  const tenants = getTenants();
  if (tenants === null) return;
  for (const { queue, taskId } of tasks) {
    const tenant = await getTaskTenant(db, queue, { taskId });
    if (tenant === undefined || !isAllowed(tenants, tenant)) throw tenantRequired(tenants);
  }
}

/** Says that a new task has to name one of these tenants. */
export function tenantRequired(tenants: readonly string[]): ProblemError {
  return new ProblemError({
    code: "tenant_required",
    message: "The new task would belong to none of the tenants of this dashboard.",
    hint: `Give it the header tenant_id with one of: ${tenants.join(", ")}.`,
  });
}
