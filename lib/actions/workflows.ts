"use server";

import { randomUUID } from "node:crypto";
import { z } from "zod";
import { stringifyJson } from "@/lib/absurd/connection/json";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { cancelTask } from "@/lib/absurd/tasks/tasks";
import type { WorkflowRun } from "@/lib/absurd/workflow-runs/table";
import type { WorkflowTask } from "@/lib/absurd/workflow-runs/tasks";
import { getWorkflowRun, updateWorkflowRunStatus } from "@/lib/absurd/workflow-runs/workflow-runs";
import { getWorkflowDefinition } from "@/lib/analytics/workflow-definitions";
import { getTakers, listRunQueues } from "@/lib/analytics/workflow-queues";
import { workflowHash } from "@/lib/highway/language/hash";
import { parseWorkflow } from "@/lib/highway/language/parse";
import { ROOT_TASK } from "@/lib/highway/machine/entry-names";
import { formatProblem, hasErrors } from "@/lib/highway/model/problem";
import type { Workflow } from "@/lib/highway/model/workflow";
import { concludeCancelledRun } from "@/lib/highway/run/cancel";
import { InvalidWorkflowError, startWorkflow } from "@/lib/highway/run/start";
import { getStoredDefinition, type StoredDefinition } from "@/lib/highway/run/store";
import type { Uuid } from "@/lib/model/ids";
import type { JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import { isActive } from "@/lib/model/states";
import { defineAction, definePreview } from "./define-action";
import { jsonText, queueName, uuid } from "./internal/inputs";
import { parseJsonObject, refuseUnstorableJson } from "./internal/json-text";
import { definitionNotFound, workflowRunNotFound } from "./internal/not-found";
import { refuseMasks } from "./internal/redacted-values";
import { listRunTasks } from "./internal/workflow-run-tasks";
import { guards } from "./tenant-guards";

const target = z.object({ workflowRunId: uuid });

type CancelOutcome = Pick<WorkflowTask, "queue" | "taskId" | "taskName"> & {
  outcome: "cancelled" | "ended";
};

/**
 * What cancelling a workflow run would end: its active tasks in every queue, the root first, and the status that its row
 * would get.
 */
export const previewCancelWorkflowRunAction = definePreview({
  name: "preview cancel workflow run",
  permission: "cancel workflow run",
  input: target,
  guard: guards.workflowRun,
  run: async ({ workflowRunId }, { db }) => {
    const run = await requireRun(db, workflowRunId);
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
});

/**
 * Cancels a workflow run: its children in every queue, its root, and children that the root spawned in between, with an
 * outcome for each (`ended`: the task ended first); and sets its row to cancelled unless its status is final. All or
 * nothing. Refused as `already_ended` when nothing is left to cancel.
 */
export const cancelWorkflowRunAction = defineAction({
  name: "cancel workflow run",
  permission: "cancel workflow run",
  input: target,
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

async function requireRun(db: Queryable, workflowRunId: Uuid): Promise<WorkflowRun> {
  const run = await getWorkflowRun(db, workflowRunId);
  if (!run) throw workflowRunNotFound(workflowRunId);
  return run;
}

function isFinal(status: string): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

const definition = z.object({ definitionId: uuid });
const start = definition.extend({
  queue: queueName,
  /** Text of a JSON object; empty for none. */
  inputs: jsonText,
  tags: jsonText,
});

/**
 * What the start form needs: the definition, the queues to choose from, the queue of its last run, and the id of the new
 * run, which makes a second submit harmless.
 */
export const prepareStartAction = definePreview({
  name: "prepare workflow start",
  permission: "start workflow run",
  input: definition,
  guard: guards.definition,
  run: async ({ definitionId }, { db }) => {
    const { text: _, ...stored } = await requireDefinition(db, definitionId);
    const { text } = await getWorkflowDefinition(definitionId);
    const { queues, last } = await listRunQueues(stored.name);
    return { ...stored, text, queues, lastQueue: last, workflowRunId: randomUUID() as Uuid };
  },
});

/** What a start would insert and spawn, and whether a worker of the queue claims such tasks. */
export const previewStartAction = definePreview({
  name: "preview workflow start",
  permission: "start workflow run",
  input: start,
  guard: guards.definition,
  run: async ({ definitionId, queue, ...given }, { db, operator }) => {
    const stored = await requireDefinition(db, definitionId);
    const workflow = requireStartable(stored);
    const { inputs, tags } = parseGiven(given);
    return {
      taskName: ROOT_TASK,
      createdBy: operator,
      tenantId: stored.tenantId,
      hash: workflowHash(workflow),
      inputs: stringifyJson(inputs),
      tags: tags && stringifyJson(tags),
      takers: await getTakers(queue, ROOT_TASK),
    };
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
  input: start.extend({ workflowRunId: uuid }),
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

async function requireDefinition(
  db: Queryable,
  definitionId: Uuid,
  options: { lock?: boolean } = {},
): Promise<StoredDefinition> {
  const stored = await getStoredDefinition(db, definitionId, options);
  if (!stored) throw definitionNotFound();
  return stored;
}

/** The workflow of a definition that can be started. @throws ProblemError `paused`, `invalid_definition`. */
function requireStartable({ text, isPaused, name, version }: StoredDefinition): Workflow {
  const { workflow, problems } = parseWorkflow(text, { format: "json" });
  if (!workflow || hasErrors(problems)) {
    const errors = problems.filter(({ severity }) => severity === "error").map(formatProblem);
    throw new ProblemError({
      code: "invalid_definition",
      message: `The definition of ${name} ${version} has errors: ${errors.slice(0, 3).join("; ")}.`,
      hint: "Store a corrected version.",
    });
  }
  if (isPaused || workflow.is_paused)
    throw new ProblemError({
      code: "paused",
      message: `${name} ${version} is paused.`,
      hint: "It starts no runs until is_paused is removed from its definition.",
    });
  return workflow;
}

/** What the interpreter cannot run, such as a circuit breaker without its table. */
function refuseInvalid(error: unknown): never {
  if (!(error instanceof InvalidWorkflowError)) throw error;
  throw new ProblemError({ code: "invalid_definition", message: error.message });
}

function parseGiven(given: { inputs: string; tags: string }): {
  inputs: JsonObject;
  tags: JsonObject | undefined;
} {
  return {
    inputs: refuseMasks("inputs", parseJsonObject(given.inputs, "inputs")) ?? {},
    tags: refuseMasks("tags", parseJsonObject(given.tags, "tags")),
  };
}
