import { randomUUID } from "node:crypto";
import { atomically } from "../../absurd/connection/atomically.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { call } from "../../absurd/connection/sql.ts";
import { InvalidArgumentError } from "../../absurd/errors.ts";
import { spawnTask } from "../../absurd/tasks/spawn.ts";
import { cancelTask } from "../../absurd/tasks/tasks.ts";
import { getWorkflowRunTasks } from "../../absurd/workflow-runs/tasks.ts";
import {
  createWorkflowRun,
  getWorkflowRun,
  updateWorkflowRunStatus,
  type WorkflowRunInput,
} from "../../absurd/workflow-runs/workflow-runs.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { ACTIVE_STATES } from "../../model/states.ts";
import { workflowHash } from "../language/hash.ts";
import { ROOT_TASK } from "../machine/entry-names.ts";
import { validateWorkflow } from "../model/checks/validate.ts";
import { listNotExecuted } from "../model/executable.ts";
import { formatProblem } from "../model/problem.ts";
import type { Workflow } from "../model/workflow.ts";
import { recoveryOptions } from "./parts.ts";
import type { Recovery } from "./run.ts";

/** Crashes are outlived for about an hour; a workflow that fails by itself does not use attempts. */
export const DEFAULT_RECOVERY: Recovery = { maxAttempts: 60, baseSeconds: 1, maxSeconds: 60 };

/** What such a task is spawned with. */
export type RootParams = { workflow_run_id: Uuid; definition: Workflow; inputs: JsonObject };

export type StartOptions = Pick<
  WorkflowRunInput,
  "createdBy" | "tags" | "tenantId" | "definitionId" | "workflowRunId"
> & {
  inputs?: JsonObject;
  recovery?: Recovery;
};

/** A workflow that cannot be run. */
export class InvalidWorkflowError extends Error {
  override readonly name = "InvalidWorkflowError";
}

/** A run that was started, or that was there already under the id it was to have. */
export type StartedRun = { workflowRunId: Uuid; taskId: Uuid; created: boolean };

/**
 * Starts a workflow: its task and its row of `workflow_run` (`pending`), both or neither. Task and parts carry the
 * header `workflow_run_id`, and `tenant_id` when there is one. Of several starts with one `workflowRunId` only the first
 * does anything, also when they come at the same time; the others answer what it made.
 *
 * @throws InvalidWorkflowError when the definition has errors. @throws WorkflowTableMissingError, QueueNotFoundError.
 * @throws InvalidArgumentError when the id is that of a run without a task, or the table lacks a column.
 */
export async function startWorkflow(
  db: Queryable,
  queue: string,
  workflow: Workflow,
  options: StartOptions = {},
): Promise<StartedRun> {
  const errors = validateWorkflow(workflow).filter(({ severity }) => severity === "error");
  if (errors.length === 0) errors.push(...listNotExecuted(workflow));
  if (errors.length > 0) throw new InvalidWorkflowError(errors.map(formatProblem).join("\n"));
  const { inputs = {}, recovery = DEFAULT_RECOVERY, ...row } = options;
  const workflowRunId = options.workflowRunId ?? randomUUID();
  const params = { workflow_run_id: workflowRunId, definition: workflow, inputs };
  return atomically(db, async (tx) => {
    const earlier = options.workflowRunId && (await findEarlier(tx, options.workflowRunId));
    if (earlier) return earlier;
    const { taskId, runId } = await spawnTask(tx, queue, ROOT_TASK, params as unknown as Json, {
      workflowRunId,
      ...(row.tenantId !== undefined && { headers: { tenant_id: row.tenantId } }),
      ...recoveryOptions(recovery),
    });
    await createWorkflowRun(tx, queue, {
      ...row,
      workflowRunId,
      workflowName: workflow.name,
      workflowVersion: workflow.version,
      workflowHash: workflowHash(workflow),
      inputs,
      absurdRunId: runId,
      absurdTaskId: taskId,
    });
    return { workflowRunId, taskId, created: true };
  });
}

/** The run of this id, if there is one. Who asks for the same id meanwhile waits until this transaction ends. */
async function findEarlier(tx: Queryable, workflowRunId: Uuid): Promise<StartedRun | undefined> {
  await call(tx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", [workflowRunId]);
  const run = await getWorkflowRun(tx, workflowRunId);
  if (!run) return undefined;
  if (run.absurdTaskId === undefined)
    throw new InvalidArgumentError(`The id ${workflowRunId} is that of another run.`);
  return { workflowRunId, taskId: run.absurdTaskId, created: false };
}

/**
 * Cancels a workflow run: its task, the tasks of its parts, and its row, all or nothing. Workers learn of it at their
 * next checkpoint.
 *
 * @returns how many tasks were cancelled. @throws WorkflowRunNotFoundError. @throws WorkflowRunEndedError.
 */
export async function cancelWorkflowRun(
  db: Queryable,
  queue: string,
  workflowRunId: Uuid,
): Promise<number> {
  return atomically(db, async (tx) => {
    let count = 0;
    for (;;) {
      // A part may be spawned while its siblings are cancelled, until the root is; so it is looked again.
      const tasks = await getWorkflowRunTasks(tx, workflowRunId, { queue });
      const active = tasks.filter(({ state }) => ACTIVE_STATES.some((one) => one === state));
      if (active.length === 0) break;
      for (const { taskId } of active)
        if ((await cancelTask(tx, queue, { taskId })).cancelled) count++;
    }
    await updateWorkflowRunStatus(tx, workflowRunId, "cancelled", { mustExist: true });
    return count;
  });
}
