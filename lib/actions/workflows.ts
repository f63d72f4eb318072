"use server";

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
import { listRunTasks } from "./internal/workflow-run-tasks";
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
 * Cancels a workflow run: its children in every queue, its root, and children that the root spawned in between, with an
 * outcome for each (`ended`: the task ended first); and sets its row to cancelled unless its status is final. All or
 * nothing. Refused as `already_ended` when nothing is left to cancel.
 */
export const cancelWorkflowRunAction = defineAction({
  name: "cancel workflow run",
  permission: "cancel workflow run",
  input: workflowRunInput,
  guard: guards.workflowRun,
  run: async ({ workflowRunId }, { db }) => {
    const run = await requireRun(db, workflowRunId);
    const outcomes: CancelOutcome[] = [];
    // A child that ends locks itself, then the root that it wakes. The same order here cannot deadlock with it.
    const order = (task: WorkflowTask) => Number(task.isRoot);
    for (let again = true; again; ) {
      const open = (await listRunTasks(db, run)).filter(({ state }) => isActive(state));
      for (const { queue, taskId, taskName } of open.sort((a, b) => order(a) - order(b))) {
        const { cancelled } = await cancelTask(db, queue, { taskId });
        outcomes.push({ queue, taskId, taskName, outcome: cancelled ? "cancelled" : "ended" });
      }
      // Children that the root spawned before its cancellation are visible after it.
      again = open.some((task) => task.isRoot);
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
    return { workflowRunId, cancelled, outcomes };
  },
});

/**
 * Starts a run of a stored definition: inserts its `workflow_run` row and spawns its task in one transaction. A second start
 * with the same `workflowRunId` changes nothing and returns `created: false`. Refused as `paused`, `invalid_definition` and
 * `definition_not_found`.
 */
export const startWorkflowRunAction = defineAction({
  name: "start workflow run",
  permission: "start workflow run",
  input: startInput.extend({ workflowRunId: uuid }),
  guard: guards.newWorkflowRun,
  run: async ({ definitionId, queue, workflowRunId, ...given }, { db, operator }) => {
    const stored = await requireDefinition(db, definitionId, { lock: true });
    const { inputs, tags } = parseGiven(given);
    const run = await startWorkflow(db, queue, requireStartable(stored), {
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

/** What the interpreter cannot run, such as a circuit breaker without its table. */
function refuseInvalid(error: unknown): never {
  if (!(error instanceof InvalidWorkflowError)) throw error;
  throw new ProblemError({ code: "invalid_definition", message: error.message });
}
