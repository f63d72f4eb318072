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
import type { States } from "../machine/states.ts";
import { topScope } from "../model/scopes.ts";
import { cancelTasksOfRun, emitEnd } from "./cancel.ts";
import type { Context } from "./context.ts";
import { listStatesAtEnd, RunEnded, toEnding } from "./ending.ts";
import type { Execution } from "./journal.ts";
import { interpret } from "./operators/waits.ts";
import type { Ending, ScopeEnd } from "./outcome.ts";
import type { Run } from "./run.ts";
import type { RootParams } from "./start.ts";

/**
 * Executes a workflow. At its end the task is completed and the row of `workflow_run` receives its final status,
 * together. A workflow that fails also completes its task, with a result that reports the failure: attempts of the
 * task are for crashes, and another one would find the same recorded failure.
 */
export async function runRoot(run: Run, context: Context): Promise<void> {
  await updateRow(run.journal.execution.db, run.workflowRunId, "running");
  try {
    const scope = topScope(run.workflow);
    const end = await interpret(run, () => run.runScope(run, scope, "", context.inside()));
    if (end?.state === "terminated") await endEarly(run, toEnding(end.by));
    else if (end) await endRun(run, toRootEnd(end), async () => end.states);
  } catch (error) {
    if (!(error instanceof RunEnded)) throw error;
    await endEarly(run, error.ending);
  }
}

function toRootEnd(end: Exclude<ScopeEnd, { state: "terminated" }>): Ending {
  return end.state === "completed"
    ? { status: end.state, result: end.value }
    : { status: end.state, error: end.error };
}

/** Ends a run while its parts may still be running: they are cancelled, and no handlers run. */
async function endEarly(run: Run, ending: Ending): Promise<void> {
  const { queue } = run.journal.execution;
  await run.journal.close();
  await endRun(run, ending, async (tx) => {
    await cancelTasksOfRun(tx, queue, run.workflowRunId, { except: run.rootTaskId });
    return listStatesAtEnd(tx, run);
  });
}

async function endRun(
  run: Run,
  end: Ending,
  listStates: (tx: Queryable) => Promise<States>,
): Promise<void> {
  const { db, queue, runId } = run.journal.execution;
  await atomically(db, async (tx) => {
    if (run.parentWorkflowRunId !== null) await emitEnd(tx, queue, run.workflowRunId, end);
    const operators: Record<string, string> = await listStates(tx);
    const ran = Object.values(operators).filter((one) => one === "completed" || one === "failed");
    await completeTask(tx, queue, runId, { ...end, operators } as Json);
    await updateRow(tx, run.workflowRunId, end.status, {
      ...("error" in end ? { error: end.error } : { result: end.result }),
      taskCount: ran.length,
    });
  });
}

/** Ends a run, with its parts and children, after its root task was cancelled without `cancelWorkflowRun`. */
export async function markCancelled(
  { db, queue, taskId }: Execution,
  root: RootParams,
  rootTaskId: Uuid,
): Promise<void> {
  if (taskId !== rootTaskId) return;
  const { workflow_run_id: id, parent_workflow_run_id: parent } = root;
  const error = { type: "Cancelled", message: "The run’s task was cancelled." };
  await atomically(db, async (tx) => {
    if (parent !== undefined) await emitEnd(tx, queue, id, { status: "cancelled", error });
    await cancelTasksOfRun(tx, queue, id, { except: rootTaskId });
    await updateRow(tx, id, "cancelled");
  });
}

/**
 * A run may have no row, and keeps a final status that another program has set. In both cases no failed statement
 * is left behind, so a surrounding transaction can continue.
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
