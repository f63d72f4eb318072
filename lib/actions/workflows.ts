"use server";

import { z } from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import type { WorkflowRun } from "@/lib/absurd/workflow-runs/table";
import type { WorkflowTask } from "@/lib/absurd/workflow-runs/tasks";
import { getWorkflowRun, updateWorkflowRunStatus } from "@/lib/absurd/workflow-runs/workflow-runs";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import { isActive } from "@/lib/model/states";
import { action, inquiry } from "./action";
import { uuid } from "./inputs";
import { toWorkflowRun } from "./reaches";
import { workflowRunNotFound } from "./workflow-not-found";
import { listRunTasks } from "./workflow-tasks";

const target = z.object({ workflowRunId: uuid });

type CancelOutcome = Pick<WorkflowTask, "queue" | "taskId" | "taskName"> & {
  outcome: "cancelled" | "ended";
};

/**
 * What cancelling a workflow run would end: its tasks that have not ended yet, the root first, and whether its row
 * changes. They are looked for in every queue.
 */
export const previewCancelWorkflowRunAction = inquiry(
  "preview cancel workflow run",
  "operator",
  target,
  toWorkflowRun,
  async ({ workflowRunId }, db) => {
    const run = await readRun(db, workflowRunId);
    const tasks = await listRunTasks(db, run);
    const open = tasks.filter(({ state }) => isActive(state));
    return {
      status: run.status,
      becomes: isFinal(run.status) ? run.status : ("cancelled" as const),
      tasks: open
        .sort((a, b) => Number(b.isRoot) - Number(a.isRoot))
        .map(({ queue, taskId, taskName, state, isRoot }) => ({
          queue,
          taskId,
          taskName,
          state,
          isRoot,
        })),
      ended: tasks.length - open.length,
    };
  },
);

/**
 * Cancels a workflow run: its children in every queue, its root, and children that the root spawned meanwhile, with an
 * outcome for each (`ended`: somebody else was quicker); and marks its row as cancelled unless that has a final status. All of it or nothing. Refused as `already_ended` when nothing is left to do.
 */
export const cancelWorkflowRunAction = action(
  "cancel workflow run",
  "operator",
  target,
  toWorkflowRun,
  async ({ workflowRunId }, db) => {
    const run = await readRun(db, workflowRunId);
    const outcomes: CancelOutcome[] = [];
    // A child that ends locks itself, then the root it wakes: in the same order nobody waits in a circle.
    const order = (task: WorkflowTask) => Number(task.isRoot);
    for (let again = true; again; ) {
      const open = (await listRunTasks(db, run)).filter(({ state }) => isActive(state));
      for (const { queue, taskId, taskName } of open.sort((a, b) => order(a) - order(b))) {
        const { cancelled } = await cancelTask(db, queue, { taskId });
        outcomes.push({ queue, taskId, taskName, outcome: cancelled ? "cancelled" : "ended" });
      }
      // What the root spawned before it was cancelled shows once it is.
      again = open.some((task) => task.isRoot);
    }
    const cancelled = outcomes.filter(({ outcome }) => outcome === "cancelled").length;
    if (isFinal(run.status) && cancelled === 0)
      throw new ProblemError({
        code: "already_ended",
        message: `The run is ${run.status} already.`,
      });
    if (!isFinal(run.status)) await updateWorkflowRunStatus(db, workflowRunId, "cancelled");
    return { workflowRunId, cancelled, outcomes };
  },
);

async function readRun(db: Queryable, workflowRunId: Uuid): Promise<WorkflowRun> {
  const run = await getWorkflowRun(db, workflowRunId);
  if (!run) throw workflowRunNotFound(workflowRunId);
  return run;
}

function isFinal(status: string): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
