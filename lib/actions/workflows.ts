"use server";

import { z } from "zod";
import { cancelTask } from "@/lib/absurd/tasks";
import { ACTIVE_STATES, type Queryable, type Uuid } from "@/lib/absurd/types";
import {
  getWorkflowRun,
  getWorkflowRunTasks,
  updateWorkflowRunStatus,
  type WorkflowTask,
} from "@/lib/absurd/workflow-runs";
import type { WorkflowRun } from "@/lib/absurd/workflow-table";
import { uuidFloor } from "@/lib/analytics/keys";
import { getTenants } from "@/lib/db/tenants";
import { action, inquiry } from "./action";
import { uuid } from "./inputs";
import { toWorkflowRun } from "./reaches";
import { ActionRefusal } from "./result";
import { workflowRunNotFound } from "./workflow-not-found";

const target = z.object({ workflowRunId: uuid });

/** Tasks read at a time. */
const STEP = 500;
/** A root may have been spawned this long before its run was recorded, in milliseconds. */
const MARGIN = 3_600_000;

/**
 * What cancelling a workflow run would end: its tasks that have not ended yet, the root first, and whether its row
 * changes. Only tasks in the run's own queue are looked for.
 */
export const previewCancelWorkflowRunAction = inquiry(
  "preview cancel workflow run",
  "operator",
  target,
  toWorkflowRun,
  async ({ workflowRunId }, db) => {
    const run = await readRun(db, workflowRunId);
    const tasks = await listTasks(db, run);
    const open = tasks.filter(isActive);
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
 * Cancels a workflow run: its children, its root, and children that the root spawned meanwhile; and marks its row as
 * cancelled unless that has a final status. All of it or nothing. Refused as `already_ended` when nothing is left to do.
 */
export const cancelWorkflowRunAction = action(
  "cancel workflow run",
  "operator",
  target,
  toWorkflowRun,
  async ({ workflowRunId }, db) => {
    const run = await readRun(db, workflowRunId);
    let cancelled = 0;
    // A child that ends locks itself, then the root it wakes: in the same order nobody waits in a circle.
    const order = (task: WorkflowTask) => Number(task.isRoot);
    for (let again = true; again; ) {
      const open = (await listTasks(db, run)).filter(isActive);
      for (const { queue, taskId } of open.sort((a, b) => order(a) - order(b)))
        if ((await cancelTask(db, queue, { taskId })).cancelled) cancelled += 1;
      // What the root spawned before it was cancelled shows once it is.
      again = open.some((task) => task.isRoot);
    }
    if (isFinal(run.status) && cancelled === 0)
      throw new ActionRefusal("already_ended", `The run is ${run.status} already.`);
    if (!isFinal(run.status)) await updateWorkflowRunStatus(db, workflowRunId, "cancelled");
    return { workflowRunId, cancelled };
  },
);

async function readRun(db: Queryable, workflowRunId: Uuid): Promise<WorkflowRun> {
  const run = await getWorkflowRun(db, workflowRunId);
  if (!run) throw workflowRunNotFound(workflowRunId);
  return run;
}

/** All tasks of a run that the tenants of this dashboard have. They are looked for from its beginning on: nothing else bounds a search by header. */
async function listTasks(db: Queryable, run: WorkflowRun): Promise<WorkflowTask[]> {
  const began = [run.createdAt, run.startedAt].filter((at) => at != null);
  const from = Math.min(...began.map((at) => at.getTime()), Date.now());
  const tasks: WorkflowTask[] = [];
  let after = uuidFloor(began.length > 0 ? from - MARGIN : 0);
  for (let full = true; full; ) {
    const page = await getWorkflowRunTasks(db, run.workflowRunId, {
      after,
      limit: STEP,
      tenants: getTenants(),
    });
    tasks.push(...page);
    after = page.at(-1)?.taskId ?? after;
    full = page.length === STEP;
  }
  return tasks;
}

function isActive({ state }: WorkflowTask): boolean {
  return ACTIVE_STATES.some((active) => active === state);
}

function isFinal(status: string): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
