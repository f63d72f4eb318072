import { RunNotRunningError } from "../../absurd/errors.ts";
import { getTaskStatus, type TaskStatus } from "../../absurd/tasks.ts";
import type { Queryable } from "../../absurd/types.ts";
import type { Uuid } from "../../model/ids.ts";

/** The part of the SDK's context that an execution needs. */
export type Host = { taskID: string; heartbeat(): Promise<void> };

/**
 * The task that a worker executes, and which run of it. The SDK does not tell; the task's latest run is this worker's
 * when its lease can still be extended after that run was read, since a later run exists only once this one has
 * failed.
 *
 * @throws what the SDK throws when the run is lost.
 */
export async function findOwnRun(
  host: Host,
  db: Queryable,
  queue: string,
): Promise<{ task: TaskStatus; runId: Uuid }> {
  const task = await getTaskStatus(db, queue, host.taskID);
  await host.heartbeat();
  if (!task?.lastAttemptRun) throw new RunNotRunningError(`Task "${host.taskID}" has no run`);
  return { task, runId: task.lastAttemptRun };
}

/** Extends the lease while `work` goes on, and aborts it when that fails: then the run is another worker's. */
export async function withLease<T>(
  host: Host,
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const timer = setInterval(
    () => host.heartbeat().catch((error) => lost.abort(error)),
    seconds * 1000,
  );
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(timer);
    // Whatever still runs has nobody to report to.
    lost.abort(new Error("The execution has ended."));
  }
}
