import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { AbsurdError, RunChangedError } from "@/lib/absurd/errors";
import { type RunNow, runLockedNow } from "@/lib/absurd/runs/reschedule";
import { cancelTasks, type LockedTask, lockTasks, retryTasks } from "@/lib/absurd/tasks/batch";
import { copyTasks } from "@/lib/absurd/tasks/copies";
import { getTaskTenant } from "@/lib/absurd/tasks/tenants";
import { getTenants, isAllowed, narrowTenants, type Tenants } from "@/lib/db/tenants";
import { isQueueVisible } from "@/lib/db/viewer";
import { findProblem } from "@/lib/engine-problems";
import type { Uuid } from "@/lib/model/ids";
import type { BulkAction } from "@/lib/model/rows/bulk";
import { isTransient, isUnavailable } from "@/lib/model/sqlstate";
import { whyNotEligible } from "./eligibility";
import type { BulkJob, BulkOptions } from "./job";

/** The outcome of one task. `tenant` is set if the task exists. */
export type ItemResult = { tenant?: string | null } & (
  | { outcome: "done"; output: object; newTaskId?: Uuid }
  | { outcome: "skipped" | "failed"; code: string; message: string }
);

/**
 * Applies the action to tasks of one queue, in this transaction. Their states and tenants are checked again under
 * a lock. A task that another transaction holds has no entry in the result: nothing waits for a lock here. A task
 * that the engine refuses does not affect the others.
 *
 * @throws transient errors and errors of the connection; then the transaction must be rolled back.
 */
export async function actOnTasks(
  tx: Queryable,
  queue: string,
  taskIds: readonly Uuid[],
  job: Pick<BulkJob, "action" | "options" | "tenants">,
): Promise<Map<Uuid, ItemResult>> {
  const results = new Map<Uuid, ItemResult>();
  if (!isQueueVisible(queue))
    return new Map(taskIds.map((taskId) => [taskId, missing(queue, taskId)]));
  const tenants = narrowTenants(getTenants(queue), job.tenants ?? []);
  const eligible: LockedTask[] = [];
  // In a savepoint, so that the transaction survives a queue that was dropped.
  const locks = await atomically(tx, (savepoint) => lockTasks(savepoint, queue, taskIds)).catch(
    toResult,
  );
  for (const taskId of taskIds) {
    const task = locks instanceof Map ? locks.get(taskId) : locks;
    if (task === undefined) continue;
    if (task === "busy") {
      // Another tenant's task gets the same result as a missing one, also while a worker holds it.
      if (!(await isOwn(tx, queue, taskId, tenants))) results.set(taskId, missing(queue, taskId));
      continue;
    }
    if (task === "missing" || ("state" in task && !isAllowed(tenants, task.tenant)))
      results.set(taskId, missing(queue, taskId));
    else if ("outcome" in task) results.set(taskId, task);
    else {
      const reason = explainSkip(job.action, task);
      if (reason === null) eligible.push(task);
      else results.set(taskId, { ...skip(reason), tenant: task.tenant });
    }
  }
  for (const [taskId, result] of await actOnEligible(tx, queue, eligible, { ...job, tenants }))
    results.set(taskId, result);
  return results;
}

async function isOwn(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  tenants: Tenants,
): Promise<boolean> {
  if (tenants === null) return true;
  return isAllowed(tenants, (await getTaskTenant(db, queue, { taskId })) ?? null);
}

function explainSkip(action: BulkAction, { state }: LockedTask): string | null {
  // Eligibility that depends on what a run waits for is checked separately, on the locked run.
  const reason = whyNotEligible(action, { state, run: null }, "");
  return reason && `The task is ${reason}.`;
}

type Job = Pick<BulkJob, "action" | "options" | "tenants">;

/** All of them in one statement if possible; if it fails, one by one, so that each has its own result. */
async function actOnEligible(
  tx: Queryable,
  queue: string,
  tasks: readonly LockedTask[],
  job: Job,
): Promise<Map<Uuid, ItemResult>> {
  const act = async (some: readonly LockedTask[]) => {
    const found = await atomically(tx, async (savepoint) => {
      const results = await ACTS[job.action](savepoint, queue, some, job.options);
      await requireOwnCopies(savepoint, queue, results, job.tenants);
      return results;
    });
    return some.flatMap(({ taskId, tenant }): [Uuid, ItemResult][] => {
      const result = found.get(taskId);
      return result ? [[taskId, { ...result, tenant }]] : [];
    });
  };
  if (tasks.length > 1)
    try {
      return new Map(await act(tasks));
    } catch (error) {
      if (isTransient(error) || isUnavailable(error)) throw error;
    }
  const results = new Map<Uuid, ItemResult>();
  for (const task of tasks)
    try {
      for (const [taskId, result] of await act([task])) results.set(taskId, result);
    } catch (error) {
      results.set(task.taskId, { ...toResult(error), tenant: task.tenant });
    }
  return results;
}

/** A copy has the headers of its original, but the engine's table may derive its tenant differently. */
async function requireOwnCopies(
  db: Queryable,
  queue: string,
  results: ReadonlyMap<Uuid, ItemResult>,
  tenants: Tenants,
): Promise<void> {
  if (tenants === null) return;
  for (const result of results.values()) {
    if (result.outcome !== "done" || result.newTaskId === undefined) continue;
    const tenant = await getTaskTenant(db, queue, { taskId: result.newTaskId });
    if (tenant === undefined || !isAllowed(tenants, tenant))
      throw new AbsurdError("The new task would not belong to a tenant of this operation.");
  }
}

/** Problems of a task that changed or was deleted before it was processed. */
const SKIPPED: readonly string[] = ["state_changed", "task_not_found", "queue_not_found"];

/**
 * The result of a task whose action failed.
 *
 * @throws the error itself if it is transient, or concerns the connection instead of the task.
 */
function toResult(error: unknown): ItemResult {
  if (isTransient(error) || isUnavailable(error)) throw error;
  if (!(error instanceof AbsurdError)) {
    const { name, stack } = error as Error;
    console.error(
      JSON.stringify({ bulk: "internal error", error: name, at: stack?.split("\n")[1] }),
    );
    return {
      outcome: "failed",
      code: "internal",
      message: "Internal error in the dashboard; see the server log.",
    };
  }
  const { code, message } = findProblem(error) ?? { code: "refused", message: error.message };
  const outcome = SKIPPED.includes(code) ? "skipped" : "failed";
  return { outcome, code, message };
}

/** Acts on locked tasks of the state that the action requires. */
type Act = (
  db: Queryable,
  queue: string,
  tasks: readonly LockedTask[],
  options: BulkOptions,
) => Promise<Map<Uuid, ItemResult>>;

const ACTS: Record<BulkAction, Act> = {
  cancel: async (db, queue, tasks) => {
    const ids = tasks.map(({ taskId }) => taskId);
    await cancelTasks(db, queue, ids);
    return new Map(ids.map((id) => [id, { outcome: "done", output: { state: "cancelled" } }]));
  },
  retry: async (db, queue, tasks, { extraAttempts }) => {
    const attempts = await retryTasks(
      db,
      queue,
      tasks.map(({ taskId, attempts }) => ({
        taskId,
        ...(extraAttempts !== undefined && { maxAttempts: attempts + extraAttempts }),
      })),
    );
    return new Map(
      [...attempts].map(([taskId, attempt]) => [taskId, { outcome: "done", output: { attempt } }]),
    );
  },
  "run-again": async (db, queue, tasks) => {
    const ids = tasks.map(({ taskId }) => taskId);
    return new Map(
      [...(await copyTasks(db, queue, ids))].map(([original, { taskId, attempt }]) => [
        original,
        { outcome: "done", output: { attempt }, newTaskId: taskId },
      ]),
    );
  },
  "run-now": async (db, queue, tasks) => {
    const runs = await runLockedNow(
      db,
      queue,
      tasks.flatMap(({ lastAttemptRun }) => lastAttemptRun ?? []),
    );
    return new Map(
      tasks.map(({ taskId, lastAttemptRun }) => {
        const run = lastAttemptRun === null ? undefined : runs.get(lastAttemptRun);
        return [taskId, run ? describeRunNow(run) : skip("The task has no attempt.")];
      }),
    );
  },
};

function describeRunNow(run: RunNow): ItemResult {
  if (run instanceof RunChangedError) return toResult(run);
  const { kind, runId } = run.before;
  if (run.after) return { outcome: "done", output: { kind, runId } };
  return skip(
    kind === "event-wait" ? "The task waits for an event." : "The task is already ready.",
  );
}

function skip(message: string): ItemResult {
  return { outcome: "skipped", code: "state_changed", message };
}

function missing(queue: string, taskId: Uuid): ItemResult {
  return {
    outcome: "skipped",
    code: "task_not_found",
    message: `Task "${taskId}" not found in queue "${queue}".`,
  };
}
