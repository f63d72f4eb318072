import type { Queryable } from "@/lib/absurd/connection/queryable";
import {
  AbsurdError,
  QueueNotFoundError,
  RunChangedError,
  RunNotFoundError,
  TaskNotFailedError,
  TaskNotFoundError,
} from "@/lib/absurd/errors";
import { rescheduleRun } from "@/lib/absurd/runs/reschedule";
import { previewReschedule } from "@/lib/absurd/runs/reschedule-target";
import { runAgain } from "@/lib/absurd/tasks/copies";
import { cancelTask, getTaskStatus, retryTask, type TaskStatus } from "@/lib/absurd/tasks/tasks";
import { getTaskTenant } from "@/lib/absurd/tasks/tenants";
import { isAllowed, type Tenants } from "@/lib/db/tenants";
import type { BulkAction } from "@/lib/model/bulk";
import type { Uuid } from "@/lib/model/ids";
import { isTransient, isUnavailable } from "@/lib/model/sqlstate";
import { whyNotEligible } from "./eligibility";
import type { BulkJob, BulkOptions } from "./job";
import type { TaskAddress } from "./selection";

/** What became of one task. */
export type ItemResult =
  | { outcome: "done"; output: object; newTaskId?: Uuid }
  | { outcome: "skipped" | "failed"; code: string; message: string };

/** Does it to one task, whose state and tenant decide once more. Refusals are results; what may pass by itself is thrown. */
export async function act(
  db: Queryable,
  action: BulkAction,
  task: TaskAddress,
  { options, tenants }: Pick<BulkJob, "options" | "tenants">,
): Promise<ItemResult> {
  const { queue, taskId } = task;
  if (!(await isOwn(db, task, tenants)))
    throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}"`);
  const result = await ACTS[action](db, queue, taskId, options);
  if (result.outcome === "done" && result.newTaskId !== undefined)
    if (!(await isOwn(db, { queue, taskId: result.newTaskId }, tenants)))
      throw new AbsurdError("The new task would belong to no tenant of this operation.");
  return result;
}

async function isOwn(
  db: Queryable,
  { queue, taskId }: TaskAddress,
  tenants: Tenants,
): Promise<boolean> {
  if (tenants === null) return true;
  const tenant = await getTaskTenant(db, queue, { taskId });
  return tenant !== undefined && isAllowed(tenants, tenant);
}

/**
 * The result that a failure is.
 *
 * @throws the error itself when it is about the connection and not about the task, or may pass by itself.
 */
export function toResult(error: unknown): ItemResult {
  if (isTransient(error) || isUnavailable(error)) throw error;
  if (!(error instanceof AbsurdError)) {
    const { name, stack } = error as Error;
    console.error(JSON.stringify({ bulk: "mistake", error: name, at: stack?.split("\n")[1] }));
    return {
      outcome: "failed",
      code: "internal",
      message: "Internal error in the dashboard; see the server log.",
    };
  }
  const { message } = error;
  if (error instanceof TaskNotFailedError || error instanceof RunChangedError)
    return { outcome: "skipped", code: "state_changed", message };
  if (error instanceof TaskNotFoundError || error instanceof RunNotFoundError)
    return { outcome: "skipped", code: "task_not_found", message };
  if (error instanceof QueueNotFoundError)
    return { outcome: "skipped", code: "queue_not_found", message };
  return { outcome: "failed", code: "refused", message };
}

type Act = (
  db: Queryable,
  queue: string,
  taskId: Uuid,
  options: BulkOptions,
) => Promise<ItemResult>;

const ACTS: Record<BulkAction, Act> = {
  cancel: async (db, queue, taskId) => {
    const { cancelled, state } = await cancelTask(db, queue, { taskId });
    return cancelled
      ? { outcome: "done", output: { state } }
      : skip(`The task is ${state} already.`);
  },
  retry: async (db, queue, taskId, { extraAttempts }) => {
    const { attempts } = await readTask(db, queue, taskId);
    const more = extraAttempts === undefined ? {} : { maxAttempts: attempts + extraAttempts };
    const { attempt } = await retryTask(db, queue, taskId, more);
    return { outcome: "done", output: { attempt } };
  },
  "run-again": async (db, queue, taskId) => {
    const task = await readTask(db, queue, taskId);
    const reason = whyNotEligible("run-again", { state: task.state, run: null }, "");
    if (reason !== null) return skip(`The task is ${reason}.`);
    const copy = await runAgain(db, queue, taskId);
    return { outcome: "done", output: { attempt: copy.attempt }, newTaskId: copy.taskId };
  },
  "run-now": async (db, queue, taskId) => {
    const runId = (await readTask(db, queue, taskId)).lastAttemptRun;
    if (runId === null) return skip("The task has no attempt.");
    const { kind, at, now } = await previewReschedule(db, queue, runId);
    if (kind === "event-wait") return skip("The task waits for an event.");
    if (at !== "infinity" && at <= now) return skip("The task could run already.");
    await rescheduleRun(db, queue, { runId, at: "now", expected: { kind, at } });
    return { outcome: "done", output: { kind, runId } };
  },
};

async function readTask(db: Queryable, queue: string, taskId: Uuid): Promise<TaskStatus> {
  const task = await getTaskStatus(db, queue, taskId);
  if (!task) throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}"`);
  return task;
}

function skip(message: string): ItemResult {
  return { outcome: "skipped", code: "state_changed", message };
}
