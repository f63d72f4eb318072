import { inArray, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { TaskSummary } from "@/lib/model/task";
import { type JsonPath, printPath } from "@/lib/search-params/tasks-paths";
import { columnText, redactColumn } from "./redact-column";

/**
 * Adds the values at these paths to tasks, in the order given: the text of a string, the JSON text of anything else, at
 * most 200 characters, `null` where there is nothing. Reads each task once more, by primary key. An error is that of
 * the latest attempt, which the tasks carry by themselves.
 */
export async function withColumns(
  db: Database,
  rows: TaskSummary[],
  columns: JsonPath[],
): Promise<TaskSummary[]> {
  if (rows.length === 0 || columns.length === 0) return rows;
  const values = new Map<string, Record<string, string | null>>();
  for (const queue of new Set(rows.map((row) => row.queue))) {
    const { tasks, runs } = queueTables(queue);
    const of = { params: tasks.params, headers: tasks.headers, result: tasks.result };
    const ids = rows.flatMap((row) => (row.queue === queue ? row.taskId : []));
    const fields = Object.fromEntries(
      columns.map(({ source, steps }, index) => {
        const value =
          source === "error"
            ? sql`(select ${runs.failureReason} from ${runs}
                where ${runs.runId} = ${tasks.lastAttemptRun})`
            : sql`${of[source]}`;
        return [`c${index}`, columnText(value, steps).as(`c${index}`)];
      }),
    );
    const found = await db
      .select({ taskId: tasks.taskId, ...fields })
      .from(tasks)
      .where(inArray(tasks.taskId, ids));
    for (const { taskId, ...row } of found as Record<string, string | null>[])
      values.set(
        `${queue}/${taskId}`,
        Object.fromEntries(
          columns.map((path, index) => [
            printPath(path),
            redactColumn(path, row[`c${index}`] ?? null),
          ]),
        ),
      );
  }
  return rows.map((row) => ({ ...row, columns: values.get(`${row.queue}/${row.taskId}`) ?? {} }));
}
