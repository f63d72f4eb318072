import "server-only";
import { sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { TaskSummary } from "@/lib/model/task";
import { readQueues } from "./registry";
import { taskColumns, withLastRuns } from "./task-rows";

/**
 * The named tasks as a list shows them, by queue; those that are not there any more are left out.
 *
 * @throws what `readQueues` throws.
 */
export function listSelectedTasks(
  selected: readonly { queue: string; taskId: Uuid }[],
  options: ReadOptions = {},
): Promise<{ rows: TaskSummary[]; now: Iso }> {
  const names = [...new Set(selected.map(({ queue }) => queue))];
  return readQueues(names, options, async ({ db, now }) => {
    const rows: TaskSummary[] = [];
    for (const queue of names) {
      const tables = queueTables(queue);
      const ids = selected.flatMap((task) => (task.queue === queue ? task.taskId : []));
      const tasks = await db
        .select(taskColumns(queue, tables))
        .from(tables.tasks)
        .where(sql`${tables.tasks.taskId} = any(${sql.param(ids)}::uuid[])`);
      rows.push(...(await withLastRuns(db, tasks)));
    }
    return { rows, now };
  });
}
