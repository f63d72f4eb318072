"use server";

import { randomUUID } from "node:crypto";
import { z } from "zod";
import { stringifyJson } from "@/lib/absurd/connection/json";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { getWorkflowDefinition } from "@/lib/analytics/workflow-definitions";
import { getTakers, listRunQueues } from "@/lib/analytics/workflow-queues";
import { workflowHash } from "@/lib/highway/language/hash";
import { parseWorkflow } from "@/lib/highway/language/parse";
import { ROOT_TASK } from "@/lib/highway/machine/entry-names";
import { formatProblem, hasErrors } from "@/lib/highway/model/problem";
import type { Workflow } from "@/lib/highway/model/workflow";
import { startWorkflow } from "@/lib/highway/run/start";
import { getStoredDefinition, type StoredDefinition } from "@/lib/highway/run/store";
import type { Uuid } from "@/lib/model/ids";
import type { JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import { action, inquiry } from "./action";
import { refuseMasks } from "./hidden-values";
import { queueName, uuid } from "./inputs";
import { readJsonObject, refuseText } from "./json-text";
import { toDefinition, toNewRun } from "./reaches";
import { definitionNotFound } from "./workflow-not-found";

const definition = z.object({ definitionId: uuid });
const jsonText = z.string("is missing").max(8_000_000, "is too large");
const start = definition.extend({
  queue: queueName,
  /** The text of a JSON object; empty is none. */
  inputs: jsonText,
  tags: jsonText,
});

/**
 * What there is to know before a workflow is started: its definition, the queues to choose from and the one it ran in
 * last, and the id that the new run will have, by which a second submit is recognised.
 */
export const prepareStartAction = inquiry(
  "prepare workflow start",
  "operator",
  definition,
  toDefinition,
  async ({ definitionId }, db) => {
    const { text: _, ...stored } = await readDefinition(db, definitionId);
    const { text } = await getWorkflowDefinition(definitionId);
    const { queues, last } = await listRunQueues(stored.name);
    return { ...stored, text, queues, lastQueue: last, workflowRunId: randomUUID() as Uuid };
  },
);

/** What a start would insert and spawn, and whether a worker of the queue takes such tasks. */
export const previewStartAction = inquiry(
  "preview workflow start",
  "operator",
  start,
  toDefinition,
  async ({ definitionId, queue, ...given }, db, operator) => {
    const stored = await readDefinition(db, definitionId);
    const workflow = readWorkflow(stored);
    const { inputs, tags } = readGiven(given);
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
);

/**
 * Starts a run of a stored definition: its row of `workflow_run` and its task, in one transaction. A second start with
 * the same `workflowRunId` changes nothing and answers with `created: false`. Refused as `paused`, `invalid_definition`
 * and `definition_not_found`.
 */
export const startWorkflowRunAction = action(
  "start workflow run",
  "operator",
  start.extend({ workflowRunId: uuid }),
  toNewRun,
  async ({ definitionId, queue, workflowRunId, ...given }, db, operator) => {
    const stored = await readDefinition(db, definitionId, { lock: true });
    const { inputs, tags } = readGiven(given);
    const run = await startWorkflow(db, queue, readWorkflow(stored), {
      workflowRunId,
      definitionId,
      inputs,
      createdBy: operator,
      ...(stored.tenantId !== null && { tenantId: stored.tenantId }),
      ...(tags && { tags }),
    }).catch(refuseText);
    return { ...run, queue, name: stored.name, version: stored.version };
  },
);

async function readDefinition(
  db: Queryable,
  definitionId: Uuid,
  options: { lock?: boolean } = {},
): Promise<StoredDefinition> {
  const stored = await getStoredDefinition(db, definitionId, options);
  if (!stored) throw definitionNotFound();
  return stored;
}

/** The workflow of a definition that may be started. @throws ProblemError `paused`, `invalid_definition`. */
function readWorkflow({ text, isPaused, name, version }: StoredDefinition): Workflow {
  const { workflow, problems } = parseWorkflow(text, { format: "json" });
  if (!workflow || hasErrors(problems)) {
    const errors = problems.filter(({ severity }) => severity === "error").map(formatProblem);
    throw new ProblemError({
      code: "invalid_definition",
      message: `The definition of ${name} ${version} cannot be run: ${errors.slice(0, 3).join("; ")}.`,
      hint: "Store a corrected version of it.",
    });
  }
  if (isPaused || workflow.is_paused)
    throw new ProblemError({
      code: "paused",
      message: `${name} ${version} is paused.`,
      hint: "It starts no runs until is_paused is taken back where the definition is kept.",
    });
  return workflow;
}

function readGiven(given: { inputs: string; tags: string }): {
  inputs: JsonObject;
  tags: JsonObject | undefined;
} {
  return {
    inputs: refuseMasks("inputs", readJsonObject(given.inputs, "inputs")) ?? {},
    tags: refuseMasks("tags", readJsonObject(given.tags, "tags")),
  };
}
