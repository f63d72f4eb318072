import { atomically } from "../../absurd/atomically.ts";
import { spawnTask } from "../../absurd/spawn.ts";
import { cancelTask } from "../../absurd/tasks.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Names as ContextNames } from "./context.ts";
import { type Blocked, blockedBy, type Failure, type Names, type States } from "./outcome.ts";
import type { Recovery, Run } from "./run.ts";

/** The task that runs a part of a workflow beside the rest: a branch, an iteration, an activity. */
export const PART_TASK = "highway.workflow.part";

/** What such a task is spawned with. */
export type PartParams = {
  workflow_run_id: Uuid;
  root_task_id: Uuid;
  /** The scope of the definition that it runs; with `operator` only that one of it. */
  scope: string;
  operator?: string;
  /** The path of what it runs in this run; its event and its key are made of it. */
  path: string;
  /** What templates may name there. */
  names: ContextNames;
};

/** How a part ended, as its event tells. */
export type PartEnd = { states: States; names: Names } & (
  | { status: "completed"; result: Json }
  | { status: "failed" | "cancelled"; error: Failure }
);

/** The event that a part emits when it ends. Made of the workflow run, so that a retry waits for the same one. */
export function partEvent(workflowRunId: Uuid, path: string): string {
  return `hw:${workflowRunId}:${path}`;
}

/**
 * Spawns the parts of an operator, once: a transaction with the entry that says so.
 *
 * @returns the task of each part, by its path.
 */
export async function spawnParts(
  run: Run,
  attempt: string,
  parts: Pick<PartParams, "scope" | "operator" | "path" | "names">[],
): Promise<Record<string, Uuid>> {
  const entry = `${attempt}/tasks`;
  const known = run.journal.get(entry);
  if (known !== undefined) return known as Record<string, Uuid>;
  const { db, queue } = run.journal.execution;
  const { workflowRunId, rootTaskId } = run;
  return atomically(db, async (tx) => {
    const tasks: Record<string, Uuid> = {};
    for (const part of parts) {
      const params = { workflow_run_id: workflowRunId, root_task_id: rootTaskId, ...part };
      const { taskId } = await spawnTask(tx, queue, PART_TASK, params as Json, {
        headers: { ...run.headers, highway_path: part.path },
        idempotencyKey: `${workflowRunId}:${part.path}`,
        ...recoveryOptions(run.recovery),
      });
      tasks[part.path] = taskId;
    }
    await run.journal.put({ [entry]: tasks }, tx);
    return tasks;
  });
}

/** How tasks of a workflow run survive the death of their worker. */
export function recoveryOptions({ maxAttempts, baseSeconds, maxSeconds }: Recovery) {
  return {
    maxAttempts,
    retryStrategy: { kind: "exponential" as const, baseSeconds, factor: 2, maxSeconds },
  };
}

/**
 * How a part ended, when it has; the entry has been written by its event. Whoever knows the event's name can emit it
 * before the part does, so a payload that tells something else counts as a failure that says so.
 */
export function endOfPart(run: Run, path: string): PartEnd | undefined {
  const entry = run.journal.get(path);
  if (entry === undefined || tellsEnd(entry)) return entry;
  const message = `The event '${partEvent(run.workflowRunId, path)}' was not emitted by the part: its payload does not say how that ended.`;
  return {
    status: "failed",
    error: { type: "ForeignEvent", message },
    states: {},
    names: { results: {}, tasks: {} },
  };
}

function tellsEnd(entry: Json): entry is PartEnd & JsonObject {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return false;
  const { status, states, names, error } = entry;
  const ended =
    status === "completed" || ((status === "failed" || status === "cancelled") && !!error);
  return ended && !!states && !!names;
}

/** The wait for a part. */
export function waitForPart(run: Run, path: string, child: Uuid): Blocked {
  const event = partEvent(run.workflowRunId, path);
  const timedOut = `${path}/timed_out`;
  return blockedBy({ kind: "event", event, step: path, deadline: null, timedOut, child });
}

/** Cancels the parts of an operator that have not ended. */
export async function cancelParts(run: Run, attempt: string): Promise<void> {
  const tasks = (run.journal.get(`${attempt}/tasks`) ?? {}) as Record<string, Uuid>;
  const { db, queue } = run.journal.execution;
  for (const [path, taskId] of Object.entries(tasks))
    if (!endOfPart(run, path)) await cancelTask(db, queue, { taskId });
}
