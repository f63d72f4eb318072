import type { Queryable } from "@/lib/absurd/connection/queryable";
import { listQueues } from "@/lib/absurd/queues/queues";
import type { WorkflowRun } from "@/lib/absurd/workflow-runs/table";
import { getWorkflowRunTasks, type WorkflowTask } from "@/lib/absurd/workflow-runs/tasks";
import { getTenants } from "@/lib/db/tenants";
import { isQueueVisible } from "@/lib/db/viewer";
import type { Uuid } from "@/lib/model/ids";
import { uuidFloor } from "@/lib/model/key-range";

/** Tasks per query. */
const STEP = 500;
/** A root may have been spawned this long before its run was recorded, in milliseconds. */
const MARGIN = 3_600_000;

/**
 * All tasks of a workflow run in the caller's scope, in every queue, the run's own queue first.
 * The search by header is bounded by the run's start, since no index bounds it.
 */
export async function listRunTasks(db: Queryable, run: WorkflowRun): Promise<WorkflowTask[]> {
  const queues = (await listQueues(db)).filter(isQueueVisible);
  const isOwn = (queue: string) => Number(queue === run.absurdQueue);
  const tasks: WorkflowTask[] = [];
  for (const queue of queues.sort((a, b) => isOwn(b) - isOwn(a)))
    tasks.push(...(await listTasksIn(db, run, queue)));
  return tasks;
}

async function listTasksIn(
  db: Queryable,
  { workflowRunId, createdAt, startedAt }: WorkflowRun,
  queue: string,
): Promise<WorkflowTask[]> {
  const began = [createdAt, startedAt].filter((at) => at != null);
  const from = Math.min(...began.map((at) => at.getTime()), Date.now());
  const tasks: WorkflowTask[] = [];
  let after: Uuid = uuidFloor(began.length > 0 ? from - MARGIN : 0);
  for (let full = true; full; ) {
    const tenants = getTenants(queue);
    const page = await getWorkflowRunTasks(db, workflowRunId, {
      queue,
      after,
      limit: STEP,
      tenants,
    });
    tasks.push(...page);
    after = page.at(-1)?.taskId ?? after;
    full = page.length === STEP;
  }
  return tasks;
}
