import "server-only";
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { stringifyJson } from "@/lib/absurd/connection/json";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import type { WorkflowRun } from "@/lib/absurd/workflow-runs/table";
import { getWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { getWorkflowDefinition } from "@/lib/analytics/workflow-definitions";
import { getTakers, listRunQueues } from "@/lib/analytics/workflow-queues";
import { isViewRedacted, showDigest } from "@/lib/db/redaction";
import { parseJsonInTurns } from "@/lib/highway/language/parse-json";
import { listNotExecuted } from "@/lib/highway/model/executable";
import { formatProblem, type Problem } from "@/lib/highway/model/problem";
import type { Workflow } from "@/lib/highway/model/workflow";
import {
  computeHashInTurns,
  getStoredDefinition,
  type StoredDefinition,
} from "@/lib/highway/run/store";
import type { Uuid } from "@/lib/model/ids";
import { ROOT_TASK } from "@/lib/model/interpreter";
import type { JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import { workInTurns } from "@/lib/model/work/turns";
import { findDefinitionLimit } from "@/lib/model/workflow";
import { definePreview } from "../define-action";
import { jsonText, queueName, uuid } from "../internal/inputs";
import { parseJsonObject } from "../internal/json-text";
import { definitionNotFound, workflowRunNotFound } from "../internal/not-found";
import { refuseMasks } from "../internal/redacted-values";
import { countEndedRunTasks, listActiveRunTasks } from "../internal/workflow-run-tasks";
import { guards } from "../tenant-guards";

/** A workflow run by id. */
export const workflowRunInput = z.object({ workflowRunId: uuid });

/**
 * What cancelling a workflow run would end: its active tasks in every queue, the root first, and the resulting
 * status of its row.
 */
export const getCancelRunPreview = definePreview({
  name: "preview cancel workflow run",
  permission: "cancel workflow run",
  input: workflowRunInput,
  guard: guards.workflowRun,
  run: async ({ workflowRunId }, { db }) => {
    const run = await requireRun(db, workflowRunId);
    const { tasks, unsearched } = await listActiveRunTasks(db, run, SEARCH_MS);
    return {
      status: run.status,
      becomes: isFinal(run.status) ? run.status : ("cancelled" as const),
      tasks: tasks
        .sort((a, b) => Number(b.isRoot) - Number(a.isRoot))
        .map(({ queue, taskId, taskName, state, isRoot }) => ({
          queue,
          taskId,
          taskName,
          state,
          isRoot,
        })),
      unsearched,
      ...(await countEndedRunTasks(db, run, COUNT_MS)),
    };
  },
});

/** How long a preview searches for active tasks, and counts those that have ended, in milliseconds. */
const SEARCH_MS = 4_000;
const COUNT_MS = 1_000;

/** @throws ProblemError `workflow_run_not_found` */
export async function requireRun(db: Queryable, workflowRunId: Uuid): Promise<WorkflowRun> {
  const run = await getWorkflowRun(db, workflowRunId);
  if (!run) throw workflowRunNotFound(workflowRunId);
  return run;
}

/** Whether the run keeps this status when it is cancelled. */
export function isFinal(status: string): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

const definition = z.object({ definitionId: uuid });
/** A run to start. Inputs and tags are JSON text. */
export const startInput = definition.extend({
  queue: queueName,
  /** Text of a JSON object; empty for none. */
  inputs: jsonText,
  tags: jsonText,
});

/**
 * What the start form needs: the definition, the queues to choose from, the queue of its last run, and the id of
 * the new run, which makes a second submit harmless.
 */
export const getStartForm = definePreview({
  name: "prepare workflow start",
  permission: "start workflow run",
  input: definition,
  guard: guards.definition,
  run: async ({ definitionId }, { db, signal }) => {
    const { text: _, ...stored } = await requireDefinition(db, definitionId);
    const { text } = await getWorkflowDefinition(definitionId, { signal });
    const { queues, last } = await listRunQueues(stored.name, { signal });
    return { ...stored, text, queues, lastQueue: last, workflowRunId: randomUUID() as Uuid };
  },
});

/** The rows and the task that a start would create, and whether a worker of the queue claims tasks of that name. */
export const getStartPreview = definePreview({
  name: "preview workflow start",
  permission: "start workflow run",
  input: startInput,
  guard: guards.definition,
  run: async ({ definitionId, queue, ...given }, { db, operator, signal }) => {
    const stored = await requireDefinition(db, definitionId);
    const { workflow, warnings } = await requireStartable(stored);
    const { inputs, tags } = await parseGiven(given);
    return {
      warnings,
      taskName: ROOT_TASK,
      createdBy: operator,
      tenantId: stored.tenantId,
      hash: showDigest("definition digest", await computeHashInTurns(workflow)),
      inputs: stringifyJson(inputs),
      tags: tags && stringifyJson(tags),
      takers: await getTakers(queue, ROOT_TASK, { signal }),
    };
  },
});

/** @throws ProblemError `definition_not_found` */
export async function requireDefinition(
  db: Queryable,
  definitionId: Uuid,
  options: { lock?: boolean } = {},
): Promise<StoredDefinition> {
  const stored = await getStoredDefinition(db, definitionId, options);
  if (!stored) throw definitionNotFound();
  return stored;
}

/**
 * The workflow of a definition that can be started, and the warnings of the validator.
 *
 * @throws ProblemError `paused`, `invalid_definition`.
 */
export async function requireStartable({
  text,
  isPaused,
  name,
  version,
}: StoredDefinition): Promise<{ workflow: Workflow; warnings: string[] }> {
  const limit = findDefinitionLimit(text);
  if (limit !== null)
    throw new ProblemError({
      code: "invalid_definition",
      message: `The definition of ${name} ${version} ${limit}.`,
      hint: "A worker or the command line can start it.",
    });
  const { workflow, problems } = await workInTurns(parseJsonInTurns(text));
  const errors = problems.filter(({ severity }) => severity === "error");
  const refused = workflow ? listNotExecuted(workflow) : [];
  if (!workflow || errors.length > 0 || refused.length > 0)
    throw new ProblemError({
      code: "invalid_definition",
      message:
        errors.length > 0
          ? `The definition of ${name} ${version} has errors: ${describe(errors)}.`
          : `The definition of ${name} ${version} cannot be run: ${describe(refused)}.`,
      hint: "Store a corrected version.",
    });
  if (isPaused || workflow.is_paused)
    throw new ProblemError({
      code: "paused",
      message: `${name} ${version} is paused.`,
      hint: "It starts no runs until is_paused is removed from its definition.",
    });
  const warnings = problems.filter(({ severity }) => severity === "warning");
  return { workflow, warnings: warnings.map(quoteProblem) };
}

function describe(problems: readonly Problem[]): string {
  return problems
    .slice(0, 3)
    .map((problem) => quoteProblem(problem).replace(/\.$/, ""))
    .join("; ");
}

/** A problem quotes the text that it refers to, so only its code is shown while the view is redacted. */
function quoteProblem(problem: Problem): string {
  return isViewRedacted()
    ? `${problem.code} at ${problem.path || "the top"}`
    : formatProblem(problem).replace(/^(?:error|warning) /, "");
}

/** The inputs and tags of a start. @throws ProblemError `bad_request` for anything but JSON objects. */
export async function parseGiven(given: { inputs: string; tags: string }): Promise<{
  inputs: JsonObject;
  tags: JsonObject | undefined;
}> {
  return {
    inputs: (await refuseMasks("inputs", parseJsonObject(given.inputs, "inputs"))) ?? {},
    tags: await refuseMasks("tags", parseJsonObject(given.tags, "tags")),
  };
}
