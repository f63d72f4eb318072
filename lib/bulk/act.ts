import type { Queryable } from "@/lib/absurd/connection/queryable";
import { AbsurdError, TaskNotFoundError } from "@/lib/absurd/errors";
import { rescheduleRun } from "@/lib/absurd/runs/reschedule";
import { previewReschedule } from "@/lib/absurd/runs/reschedule-preview";
import { runAgain } from "@/lib/absurd/tasks/copies";
import { cancelTask, getTaskStatus, retryTask, type TaskStatus } from "@/lib/absurd/tasks/tasks";
import { getTaskTenant } from "@/lib/absurd/tasks/tenants";
import { isAllowed, type Tenants } from "@/lib/db/tenants";
import { findProblem } from "@/lib/engine-problems";
import type { BulkAction } from "@/lib/model/bulk";
import type { Uuid } from "@/lib/model/ids";
import { isTransient, isUnavailable } from "@/lib/model/sqlstate";
import { whyNotEligible } from "./eligibility";
import type { BulkJob, BulkOptions } from "./job";
import type { TaskAddress } from "./selection";

/** The outcome of one task. */
export type ItemResult =
  | { outcome: "done"; output: object; newTaskId?: Uuid }
  | { outcome: "skipped" | "failed"; code: string; message: string };

/** Applies the action to one task after checking its state and tenant again. Returns refusals; throws transient errors. */
export async function act(
  db: Queryable,
  action: BulkAction,
  task: TaskAddress,
  { options, tenants }: Pick<BulkJob, "options" | "tenants">,
): Promise<ItemResult> {
  const { queue, taskId } = task;
  if (!(await isOwn(db, task, tenants)))
    throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}".`);
  const result = await ACTS[action](db, queue, taskId, options);
  if (result.outcome === "done" && result.newTaskId !== undefined)
    if (!(await isOwn(db, { queue, taskId: result.newTaskId }, tenants)))
      throw new AbsurdError("The new task would not belong to a tenant of this operation.");
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

/** Problems of a task that changed or was deleted before its turn. */
const SKIPPED: readonly string[] = ["state_changed", "task_not_found", "queue_not_found"];

/**
 * The result of a task whose action failed.
 *
 * @throws the error itself if it is transient, or concerns the connection instead of the task.
 */
export function toResult(error: unknown): ItemResult {
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
      : skip(`The task is already ${state}.`);
  },
  retry: async (db, queue, taskId, { extraAttempts }) => {
    const { attempts } = await requireTask(db, queue, taskId);
    const more = extraAttempts === undefined ? {} : { maxAttempts: attempts + extraAttempts };
    const { attempt } = await retryTask(db, queue, taskId, more);
    return { outcome: "done", output: { attempt } };
  },
  "run-again": async (db, queue, taskId) => {
    const task = await requireTask(db, queue, taskId);
    const reason = whyNotEligible("run-again", { state: task.state, run: null }, "");
    if (reason !== null) return skip(`The task is ${reason}.`);
    const copy = await runAgain(db, queue, taskId);
    return { outcome: "done", output: { attempt: copy.attempt }, newTaskId: copy.taskId };
  },
  "run-now": async (db, queue, taskId) => {
    const runId = (await requireTask(db, queue, taskId)).lastAttemptRun;
    if (runId === null) return skip("The task has no attempt.");
    const { kind, at, now } = await previewReschedule(db, queue, runId);
    if (kind === "event-wait") return skip("The task waits for an event.");
    if (at !== "infinity" && at <= now) return skip("The task is already ready.");
    await rescheduleRun(db, queue, { runId, at: "now", expected: { kind, at } });
    return { outcome: "done", output: { kind, runId } };
  },
};

async function requireTask(db: Queryable, queue: string, taskId: Uuid): Promise<TaskStatus> {
  const task = await getTaskStatus(db, queue, taskId);
  if (!task) throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}".`);
  return task;
}

function skip(message: string): ItemResult {
  return { outcome: "skipped", code: "state_changed", message };
}
