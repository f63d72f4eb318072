import "server-only";
import { sql } from "drizzle-orm";
import { integer, nullable, oneOf, text, uuid } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Found, FoundTask, FoundWorkflow } from "@/lib/model/found";
import type { Uuid } from "@/lib/model/ids";
import { TASK_STATES } from "@/lib/model/states";
import { withQueues } from "./scope/registry";
import { queryUnion } from "./scope/union";
import { findWorkflowRun } from "./workflows";
import type { WorkflowRunRow } from "./workflows/rows";
import { getWorkflowColumns } from "./workflows/tables";

/**
 * The task or run of any readable queue, and the workflow run, with this id, by primary keys. Empty when there is
 * none.
 *
 * @throws ProblemError what `withQueues` throws.
 */
export function findById(id: Uuid, options: ReadOptions = {}): Promise<Found[]> {
  return withQueues([], options, async ({ db, queues }) => {
    const names = queues.map(({ name }) => name);
    const columns = await getWorkflowColumns(db, queues);
    const workflow = await findWorkflowRun(db, columns, id);
    return [...(await findTasks(db, names, id)), ...(workflow ? [toFound(workflow)] : [])];
  });
}

async function findTasks(db: Database, queues: string[], id: Uuid): Promise<FoundTask[]> {
  if (queues.length === 0) return [];
  const tasks = await queryUnion(db, FOUND_TASK, queues.map(taskArm(id)));
  if (tasks.length > 0) return tasks;
  return queryUnion(db, FOUND_TASK, queues.map(runArm(id)));
}

const FOUND_TASK = {
  kind: oneOf(["task", "run"]),
  queue: text,
  taskId: uuid,
  runId: nullable(uuid),
  attempt: nullable(integer),
  name: text,
  state: oneOf(TASK_STATES),
};

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

function toFound({ id, name, status }: WorkflowRunRow): FoundWorkflow {
  return { kind: "workflow", workflowRunId: id, name: name ?? "without a name", status };
}
