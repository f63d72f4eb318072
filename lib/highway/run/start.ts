import { randomUUID } from "node:crypto";
import { atomically } from "../../absurd/connection/atomically.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { call } from "../../absurd/connection/sql.ts";
import { InvalidArgumentError } from "../../absurd/errors.ts";
import { spawnTask } from "../../absurd/tasks/spawn.ts";
import {
  createWorkflowRun,
  getWorkflowRun,
  type WorkflowRunInput,
} from "../../absurd/workflow-runs/workflow-runs.ts";
import type { Uuid } from "../../model/ids.ts";
import { ROOT_TASK } from "../../model/interpreter.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { workInTurns } from "../../model/work/turns.ts";
import { checkInTurns } from "../model/checks/validate.ts";
import { listNotExecuted } from "../model/executable.ts";
import { formatProblem } from "../model/problem.ts";
import type { Workflow } from "../model/workflow.ts";
import { findCircuitProblem } from "./circuit.ts";
import { type Recovery, recoveryOptions } from "./run.ts";
import { computeHashInTurns } from "./store.ts";

/** Tasks survive about an hour of crashes; a workflow that fails on its own uses no attempts. */
export const DEFAULT_RECOVERY: Recovery = { maxAttempts: 60, baseSeconds: 1, maxSeconds: 60 };

/** The params of the root task. */
export type RootParams = {
  workflow_run_id: Uuid;
  definition: Workflow;
  inputs: JsonObject;
  /** Set for a child workflow, which emits an event at its end. */
  parent_workflow_run_id?: Uuid;
};

export type StartOptions = Pick<
  WorkflowRunInput,
  "createdBy" | "tags" | "tenantId" | "definitionId" | "workflowRunId" | "parentWorkflowRunId"
> & {
  inputs?: JsonObject;
  recovery?: Recovery;
  /** Further headers of the task and its parts. */
  headers?: JsonObject;
};

/** A workflow that cannot be run. */
export class InvalidWorkflowError extends Error {
  override readonly name = "InvalidWorkflowError";
}

/** A run that was started, or that already existed under the requested id. */
export type StartedRun = { workflowRunId: Uuid; taskId: Uuid; created: boolean };

/**
 * Starts a workflow: its task and its row of `workflow_run` (`pending`), both or neither. Task and parts carry the
 * header `workflow_run_id`, and `tenant_id` if there is a tenant. Of several starts with one `workflowRunId`, even
 * concurrent ones, only the first has an effect; the others return its result.
 *
 * @throws InvalidWorkflowError if the definition has errors.
 * @throws WorkflowTableMissingError, QueueNotFoundError.
 * @throws InvalidArgumentError if the id belongs to a run without a task, or the table lacks a column.
 */
export async function startWorkflow(
  db: Queryable,
  queue: string,
  workflow: Workflow,
  options: StartOptions = {},
): Promise<StartedRun> {
  const { problems } = await workInTurns(checkInTurns(workflow));
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) errors.push(...listNotExecuted(workflow));
  if (errors.length > 0) throw new InvalidWorkflowError(errors.map(formatProblem).join("\n"));
  const problem = await findCircuitProblem(db, workflow);
  if (problem) throw new InvalidWorkflowError(problem);
  const { inputs = {}, recovery = DEFAULT_RECOVERY, headers = {}, ...row } = options;
  const workflowRunId = options.workflowRunId ?? randomUUID();
  const workflowHash = await computeHashInTurns(workflow);
  const params: RootParams = {
    workflow_run_id: workflowRunId,
    definition: workflow,
    inputs,
    ...(row.parentWorkflowRunId !== undefined && {
      parent_workflow_run_id: row.parentWorkflowRunId,
    }),
  };
  return atomically(db, async (tx) => {
    const earlier = options.workflowRunId && (await findEarlier(tx, options.workflowRunId));
    if (earlier) return earlier;
    const { taskId, runId } = await spawnTask(tx, queue, ROOT_TASK, params as unknown as Json, {
      workflowRunId,
      headers: { ...headers, ...(row.tenantId !== undefined && { tenant_id: row.tenantId }) },
      ...recoveryOptions(recovery),
    });
    await createWorkflowRun(tx, queue, {
      ...row,
      workflowRunId,
      workflowName: workflow.name,
      workflowVersion: workflow.version,
      workflowHash,
      inputs,
      absurdRunId: runId,
      absurdTaskId: taskId,
    });
    return { workflowRunId, taskId, created: true };
  });
}

/** The run with this id, if any. A concurrent start with the same id waits until this transaction ends. */
async function findEarlier(tx: Queryable, workflowRunId: Uuid): Promise<StartedRun | undefined> {
  await call(tx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", [workflowRunId]);
  const run = await getWorkflowRun(tx, workflowRunId);
  if (!run) return undefined;
  if (run.absurdTaskId === undefined)
    throw new InvalidArgumentError(`The id ${workflowRunId} is that of another run.`);
  return { workflowRunId, taskId: run.absurdTaskId, created: false };
}
