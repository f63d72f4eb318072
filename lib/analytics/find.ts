import "server-only";
import { sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Found, FoundTask, FoundWorkflow } from "@/lib/model/found";
import type { Uuid } from "@/lib/model/ids";
import { readQueues } from "./scope/registry";
import { readRow } from "./workflows";
import { readWorkflowColumns } from "./workflows/tables";

/**
 * What has this id: a task or run of any readable queue, or a workflow run, by primary keys. Nothing is not an error.
 *
 * @throws ProblemError what `readQueues` throws.
 */
export function findById(id: Uuid, options: ReadOptions = {}): Promise<Found[]> {
  return readQueues([], options, async ({ db, queues }) => {
    const names = queues.map(({ name }) => name);
    const columns = await readWorkflowColumns(db, queues);
    const workflow = await readRow(db, columns, id);
    return [...(await findTasks(db, names, id)), ...(workflow ? [toFound(workflow)] : [])];
  });
}

async function findTasks(db: Database, queues: string[], id: Uuid): Promise<FoundTask[]> {
  if (queues.length === 0) return [];
  const tasks = await db.execute<FoundTask>(sql.join(queues.map(taskArm(id)), sql` union all `));
  if (tasks.rows.length > 0) return tasks.rows;
  return (await db.execute<FoundTask>(sql.join(queues.map(runArm(id)), sql` union all `))).rows;
}

const taskArm = (id: Uuid) => (queue: string) => {
  const { tasks } = queueTables(queue);
  return sql`select 'task' as "kind", ${queue}::text as "queue", ${tasks.taskId} as "taskId",
        null::uuid as "runId", null::integer as "attempt", ${tasks.name} as "name", ${tasks.state} as "state"
      from ${tasks} where ${tasks.taskId} = ${id}::uuid`;
};

const runArm = (id: Uuid) => (queue: string) => {
  const { tasks, runs } = queueTables(queue);
  return sql`select 'run' as "kind", ${queue}::text as "queue", ${runs.taskId} as "taskId", ${runs.runId} as "runId",
        ${runs.attempt} as "attempt", ${tasks.name} as "name", ${tasks.state} as "state"
      from ${runs} join ${tasks} on ${tasks.taskId} = ${runs.taskId} where ${runs.runId} = ${id}::uuid`;
};

function toFound({ id, workflow_name, status }: Record<string, string | null>): FoundWorkflow {
  return {
    kind: "workflow",
    workflowRunId: id ?? "",
    name: workflow_name ?? "without a name",
    status: status ?? null,
  };
}
