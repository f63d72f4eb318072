"use server";

import type { Queryable } from "@/lib/absurd/connection/queryable";
import { cancelTasks, lockTasks } from "@/lib/absurd/tasks/batch";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import type { WorkflowTask } from "@/lib/absurd/workflow-runs/tasks";
import { updateWorkflowRunStatus } from "@/lib/absurd/workflow-runs/workflow-runs";
import { concludeCancelledRun } from "@/lib/highway/run/cancel";
import { InvalidWorkflowError, startWorkflow } from "@/lib/highway/run/start";
import { ProblemError } from "@/lib/model/problem";
import { isActive } from "@/lib/model/states";
import { defineAction } from "./define-action";
import { uuid } from "./internal/inputs";
import { refuseUnstorableJson } from "./internal/json-text";
import { listActiveRunTasks, type RunTasks, releasingLocks } from "./internal/workflow-run-tasks";
import {
  isFinal,
  parseGiven,
  requireDefinition,
  requireRun,
  requireStartable,
  startInput,
  workflowRunInput,
} from "./previews/workflows";
import { guards } from "./tenant-guards";

type CancelOutcome = Pick<WorkflowTask, "queue" | "taskId" | "taskName"> & {
  outcome: "cancelled" | "ended";
};

/**
 * Cancels a workflow run: its children in every queue, its root, and children that the root spawned in between,
 * with an outcome for each (`ended`: the task ended first); and sets its row to cancelled unless its status is
 * final. All or nothing. `unsearched` names the queues in which active tasks may have been missed. Refused as
 * `already_ended` if nothing is left to cancel.
 */
export const cancelWorkflowRunAction = defineAction({
  name: "cancel workflow run",
  permission: "cancel workflow run",
  input: workflowRunInput,
  guard: guards.workflowRun,
  run: async ({ workflowRunId }, { db }) => {
    const run = await requireRun(db, workflowRunId);
    const outcomes: CancelOutcome[] = [];
    let unsearched: RunTasks["unsearched"] = [];
    // A child that ends locks itself, then the root that it wakes. Locking in the same order avoids a deadlock.
    for (let again = true; again; ) {
      const found = await listActiveRunTasks(db, run, SEARCH_MS, releasingLocks(db));
      unsearched = found.unsearched;
      const children = found.tasks.filter(({ isRoot }) => !isRoot);
      const roots = found.tasks.filter(({ isRoot }) => isRoot);
      outcomes.push(...(await cancelAll(db, children)), ...(await cancelAll(db, roots)));
      // Children that the root spawned before its cancellation are visible after it.
      again = roots.length > 0;
    }
    const cancelled = outcomes.filter(({ outcome }) => outcome === "cancelled").length;
    if (isFinal(run.status) && cancelled === 0)
      throw new ProblemError({
        code: "already_ended",
        message: `The workflow run is already ${run.status}.`,
      });
    if (!isFinal(run.status)) {
      await updateWorkflowRunStatus(db, workflowRunId, "cancelled");
      await concludeCancelledRun(db, run);
    }
    return { workflowRunId, cancelled, outcomes, unsearched };
  },
});

/** How long the search for active tasks may take if no index serves it, in milliseconds. */
const SEARCH_MS = 8_000;

/** Tasks per statement. */
const BATCH = 100;

/** Cancels tasks in batches; then waits for each task that another transaction holds. */
async function cancelAll(db: Queryable, tasks: readonly WorkflowTask[]): Promise<CancelOutcome[]> {
  const outcomes: CancelOutcome[] = [];
  for (const queue of new Set(tasks.map((task) => task.queue))) {
    const own = tasks.filter((task) => task.queue === queue);
    for (let start = 0; start < own.length; start += BATCH) {
      const batch = own.slice(start, start + BATCH);
      const locks = await lockTasks(
        db,
        queue,
        batch.map(({ taskId }) => taskId),
      );
      const free = batch.flatMap(({ taskId }) => {
        const lock = locks.get(taskId);
        return typeof lock === "object" && isActive(lock.state) ? [taskId] : [];
      });
      if (free.length > 0) await cancelTasks(db, queue, free);
      for (const { taskId, taskName } of batch) {
        const isCancelled =
          free.includes(taskId) ||
          (locks.get(taskId) === "busy" && (await cancelTask(db, queue, { taskId })).cancelled);
        outcomes.push({ queue, taskId, taskName, outcome: isCancelled ? "cancelled" : "ended" });
      }
    }
  }
  return outcomes;
}

/**
 * Starts a run of a stored definition: inserts its `workflow_run` row and spawns its task in one transaction. A
 * second start with the same `workflowRunId` changes nothing and returns `created: false`. Refused as `paused`,
 * `invalid_definition` and `definition_not_found`.
 */
export const startWorkflowRunAction = defineAction({
  name: "start workflow run",
  permission: "start workflow run",
  input: startInput.extend({ workflowRunId: uuid }),
  guard: guards.newWorkflowRun,
  run: async ({ definitionId, queue, workflowRunId, ...given }, { db, operator }) => {
    const stored = await requireDefinition(db, definitionId, { lock: true });
    const { inputs, tags } = await parseGiven(given);
    const { workflow } = await requireStartable(stored);
    const run = await startWorkflow(db, queue, workflow, {
      workflowRunId,
      definitionId,
      inputs,
      createdBy: operator,
      ...(stored.tenantId !== null && { tenantId: stored.tenantId }),
      ...(tags && { tags }),
    })
      .catch(refuseInvalid)
      .catch(refuseUnstorableJson);
    return { ...run, queue, name: stored.name, version: stored.version };
  },
});

/** For definitions that the interpreter cannot run, such as a circuit breaker without its table. */
function refuseInvalid(error: unknown): never {
  if (!(error instanceof InvalidWorkflowError)) throw error;
  throw new ProblemError({ code: "invalid_definition", message: error.message });
}
