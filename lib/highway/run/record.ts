import { WorkflowRunEndedError, WorkflowTableMissingError } from "../../absurd/errors.ts";
import type { Queryable } from "../../absurd/types.ts";
import { updateWorkflowRunStatus, type WorkflowRunChange } from "../../absurd/workflow-runs.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import type { WorkflowStatus } from "../../model/states.ts";
import type { Execution } from "./journal.ts";
import type { ScopeEnd } from "./outcome.ts";
import type { Run } from "./run.ts";

/** Says that a run is running; the first time it is also when it started. */
export async function recordStart(run: Run): Promise<void> {
  await record(run.journal.execution.db, run.workflowRunId, "running");
}

/** Says how a run ended; call it after the engine's call that ends the task, in the same transaction. */
export async function recordEnd(tx: Queryable, run: Run, end: ScopeEnd): Promise<void> {
  const states = Object.values(end.states);
  const ran = states.filter((state) => state === "completed" || state === "failed").length;
  const outcome: WorkflowRunChange =
    end.state === "completed" ? { result: end.value } : { error: end.error as Json };
  await record(tx, run.workflowRunId, end.state, { ...outcome, taskCount: ran });
}

/** Says that a run is cancelled, when its task was cancelled apart from it. */
export async function markCancelled(
  db: Queryable,
  workflowRunId: Uuid,
  { taskId }: Execution,
  rootTaskId: Uuid,
): Promise<void> {
  if (taskId === rootTaskId) await record(db, workflowRunId, "cancelled");
}

/**
 * A run may go on without a row, and keeps a final status that someone else has set. Neither leaves a statement that
 * failed behind, so a transaction around it goes on.
 */
async function record(
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
