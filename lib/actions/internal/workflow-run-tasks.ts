import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { listQueues } from "@/lib/absurd/queues/queues";
import { getTaskIdForRun } from "@/lib/absurd/runs/runs";
import type { WorkflowRun } from "@/lib/absurd/workflow-runs/table";
import {
  listActiveWorkflowTasks,
  listTasksById,
  type RunKeys,
  scanWorkflowTasks,
  type WorkflowTask,
} from "@/lib/absurd/workflow-runs/tasks";
import { getTenants } from "@/lib/db/tenants";
import { isQueueVisible } from "@/lib/db/viewer";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { uuidFloor, uuidInstant } from "@/lib/model/key-range";
import { isActive } from "@/lib/model/states";

/** A root may have been spawned this long before its run was recorded, in milliseconds. */
const MARGIN = 3_600_000;

/** Tasks of a workflow run, and the unsearched queues. */
export type RunTasks = {
  tasks: WorkflowTask[];
  /**
   * Queues in which active tasks may have been missed, and since when: they have too many tasks to check all of
   * them.
   */
  unsearched: { queue: string; from: Iso }[];
};

/**
 * The active tasks of a workflow run in the caller's scope, in every queue, the run's own queue first. They are
 * found by the index of runs by state, so a run of last week among millions of tasks costs no more than one of
 * today. If a queue has too many active tasks for that, its tasks are scanned from the start of the run, in steps,
 * for at most `budget` milliseconds in total.
 */
export async function listActiveRunTasks(
  db: Queryable,
  run: WorkflowRun,
  budget: number,
  runReads: RunReads = (read) => read(db),
): Promise<RunTasks> {
  const deadline = performance.now() + budget;
  const { keys, queues, from } = await openSearch(db, run);
  const tasks: WorkflowTask[] = [];
  const unsearched: RunTasks["unsearched"] = [];
  const searchQueue = async (reader: Queryable, queue: string) => {
    const tenants = getTenants(queue);
    const active = await listActiveWorkflowTasks(reader, keys, { queue, from, tenants });
    const found =
      active === null
        ? await scanQueue(reader, keys, { queue, from, tenants, deadline })
        : { tasks: active, rest: null };
    if (found.rest !== null) unsearched.push({ queue, from: uuidInstant(found.rest) });
    const root = await findRoot(reader, keys, queue, run);
    if (root) tasks.push(root);
    tasks.push(...found.tasks.filter(({ taskId }) => taskId !== keys.rootTaskId));
  };
  for (let at = 0; at < queues.length; at += QUEUES_PER_READ)
    await runReads(async (reader) => {
      for (const queue of queues.slice(at, at + QUEUES_PER_READ)) await searchQueue(reader, queue);
    });
  return { tasks: tasks.filter(({ state }) => isActive(state)), unsearched };
}

const QUEUES_PER_READ = 20;

/** Runs reads on a connection. */
type RunReads = (read: (reader: Queryable) => Promise<void>) => Promise<void>;

/**
 * Runs reads in a transaction without keeping their locks: one for each table, index and partition that was read. With
 * hundreds of queues they are more than a server has space for.
 */
export function releasingLocks(tx: Queryable): RunReads {
  return async (read) => {
    const done = new Error("rolled back to release the locks");
    const reading = atomically(tx, async (reader) => {
      await read(reader);
      throw done;
    });
    await reading.catch((error: unknown) => {
      if (error !== done) throw error;
    });
  };
}

/**
 * How many tasks of a workflow run have ended, in the caller's scope. `complete` is false if the history since the
 * start of the run was too long to scan within `budget` milliseconds.
 */
export async function countEndedRunTasks(
  db: Queryable,
  run: WorkflowRun,
  budget: number,
): Promise<{ ended: number; complete: boolean }> {
  const deadline = performance.now() + budget;
  const { keys, queues, from } = await openSearch(db, run);
  let ended = 0;
  let complete = true;
  for (const queue of queues) {
    const tenants = getTenants(queue);
    const { tasks, rest } = await scanQueue(db, keys, { queue, from, tenants, deadline });
    ended += tasks.filter(({ state }) => !isActive(state)).length;
    complete &&= rest === null;
  }
  return { ended, complete };
}

async function openSearch(
  db: Queryable,
  run: WorkflowRun,
): Promise<{ keys: RunKeys; queues: string[]; from: Uuid }> {
  const queues = (await listQueues(db)).filter(isQueueVisible);
  const isOwn = (queue: string) => Number(queue === run.absurdQueue);
  const began = [run.createdAt, run.startedAt].flatMap((at) => at?.getTime() ?? []);
  return {
    keys: { workflowRunId: run.workflowRunId, rootTaskId: await findRootId(db, run, queues) },
    queues: queues.sort((a, b) => isOwn(b) - isOwn(a)),
    from: uuidFloor(began.length > 0 ? Math.min(...began) - MARGIN : 0),
  };
}

async function findRootId(
  db: Queryable,
  { absurdQueue, absurdTaskId, absurdRunId }: WorkflowRun,
  queues: readonly string[],
): Promise<Uuid | null> {
  if (absurdTaskId !== undefined) return absurdTaskId;
  if (!absurdQueue || !absurdRunId || !queues.includes(absurdQueue)) return null;
  return getTaskIdForRun(db, absurdQueue, absurdRunId);
}

/** The run's own task, which may precede the start of the search or lie beyond its end. */
async function findRoot(
  db: Queryable,
  keys: RunKeys,
  queue: string,
  run: WorkflowRun,
): Promise<WorkflowTask | undefined> {
  if (keys.rootTaskId === null || queue !== run.absurdQueue) return undefined;
  const [root] = await listTasksById(db, keys, { queue, tenants: getTenants(queue) }, [
    keys.rootTaskId,
  ]);
  return root;
}

async function scanQueue(
  db: Queryable,
  keys: RunKeys,
  search: { queue: string; from: Uuid; tenants: readonly string[] | null; deadline: number },
): Promise<{ tasks: WorkflowTask[]; rest: Uuid | null }> {
  const { queue, tenants, deadline } = search;
  const tasks: WorkflowTask[] = [];
  for (let after: Uuid | null = search.from; after !== null; ) {
    if (performance.now() > deadline) return { tasks, rest: after };
    const step = await scanWorkflowTasks(db, keys, { queue, after, tenants });
    tasks.push(...step.tasks);
    after = step.next;
  }
  return { tasks, rest: null };
}
