import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import { getTenants, narrowTenants } from "@/lib/db/tenants";

/** So many of the newest tasks of a queue, of all tenants, are looked at. */
export const RECENT_TASKS = 20_000;

/**
 * In a dashboard that is restricted to tenants, and where some are asked for (`only`), the condition that a task is among
 * the newest 20,000 of its queue: without it, "the newest few" of a tenant that has few could be looked for in the whole
 * history. Elsewhere nothing.
 */
export function isRecent(
  queue: string,
  taskId: AnyColumn,
  only: readonly string[] = [],
): SQL | undefined {
  if (narrowTenants(getTenants(), only) === null) return undefined;
  const { tasks } = queueTablesOfAllTenants(queue);
  return sql`${taskId} >= coalesce((
    select ${tasks.taskId} from ${tasks}
    order by ${tasks.taskId} desc offset ${RECENT_TASKS}::int limit 1
  ), '00000000-0000-0000-0000-000000000000')`;
}
