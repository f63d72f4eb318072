import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import { getTenants, narrowTenants } from "@/lib/db/tenants";

/** How many of the newest tasks of a queue, of all tenants, are scanned. */
export const RECENT_TASKS = 20_000;

/**
 * The condition that a task is among the newest 20,000 of its queue, if the dashboard or the query (`only`) is
 * restricted to tenants; otherwise `undefined`. Without it, finding the newest few tasks of a small tenant could
 * scan the whole history.
 */
export function isRecent(
  queue: string,
  taskId: AnyColumn,
  only: readonly string[] = [],
): SQL | undefined {
  if (narrowTenants(getTenants(queue), only) === null) return undefined;
  const { tasks } = queueTablesOfAllTenants(queue);
  return sql`${taskId} >= coalesce((
    select ${tasks.taskId} from ${tasks}
    order by ${tasks.taskId} desc offset ${RECENT_TASKS}::int limit 1
  ), '00000000-0000-0000-0000-000000000000')`;
}
