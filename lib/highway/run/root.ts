import { atomically } from "../../absurd/connection/atomically.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { WorkflowRunEndedError, WorkflowTableMissingError } from "../../absurd/errors.ts";
import { completeTask } from "../../absurd/runs/runs.ts";
import {
  updateWorkflowRunStatus,
  type WorkflowRunChange,
} from "../../absurd/workflow-runs/workflow-runs.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import type { WorkflowStatus } from "../../model/states.ts";
import { topScope } from "../model/scopes.ts";
import type { Context } from "./context.ts";
import type { Execution } from "./journal.ts";
import type { ScopeEnd } from "./outcome.ts";
import type { Run } from "./run.ts";
import { interpret } from "./waits.ts";

/**
 * Executes a workflow. At its end the task is completed and the row of `workflow_run` gets its final status, together.
 * A workflow that fails completes its task, too, with a result that says so: attempts of the task are for crashes, and
 * another one would find the same recorded failure.
 */
export async function runRoot(run: Run, context: Context): Promise<void> {
  await updateRow(run.journal.execution.db, run.workflowRunId, "running");
  const scope = topScope(run.workflow);
  const end = await interpret(run, () => run.runScope(run, scope, "", context.inside()));
  if (!end) return;
  const { db, queue, runId } = run.journal.execution;
  await atomically(db, async (tx) => {
    await completeTask(tx, queue, runId, toResult(end));
    await updateRow(tx, run.workflowRunId, end.state, toChange(end));
  });
}

function toResult(end: ScopeEnd): Json {
  const operators = end.states as Record<string, string>;
  return end.state === "completed"
    ? { status: end.state, result: end.value, operators }
    : { status: end.state, error: end.error as Json, operators };
}

function toChange(end: ScopeEnd): WorkflowRunChange {
  const states = Object.values(end.states);
  const taskCount = states.filter((state) => state === "completed" || state === "failed").length;
  return end.state === "completed"
    ? { result: end.value, taskCount }
    : { error: end.error as Json, taskCount };
}

/** Marks a run cancelled whose root task was cancelled by other means than `cancelWorkflowRun`. */
export async function markCancelled(
  db: Queryable,
  workflowRunId: Uuid,
  { taskId }: Execution,
  rootTaskId: Uuid,
): Promise<void> {
  if (taskId === rootTaskId) await updateRow(db, workflowRunId, "cancelled");
}

/**
 * A run may have no row, and keeps a final status that someone else has set. In both cases no failed statement is left
 * behind, so a transaction around it goes on.
 */
async function updateRow(
  db: Queryable,
  workflowRunId: Uuid,
  status: WorkflowStatus,
  change: WorkflowRunChange = {},
): Promise<void> {
  try {
    await updateWorkflowRunStatus(db, workflowRunId, status, change);
  } catch (error) {
    const isTolerable =
      error instanceof WorkflowRunEndedError || error instanceof WorkflowTableMissingError;
    if (!isTolerable) throw error;
  }
}
