import "server-only";
import { redactionRules } from "@/lib/db/redaction";
import type { ReadOptions } from "@/lib/db/snapshot";
import {
  type CompiledDefinition,
  compileDefinition,
  type DefinitionReport,
  type DefinitionView,
  reportDefinition,
} from "@/lib/highway/view/definition-view";
import {
  computeRunView,
  listOperatorRecords,
  type OperatorRecord,
  type RunView,
} from "@/lib/highway/view/run-view";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import { workInTurns } from "@/lib/model/work/turns";
import {
  type Circuit,
  findDefinitionLimit,
  type RunDefinition,
  type WorkflowDefinitionDetail,
} from "@/lib/model/workflow";
import { listCircuits } from "./workflow-circuits";
import { getDefinitionDetail, getRunDefinition } from "./workflow-definitions";
import { getWorkflowRun } from "./workflows";

/**
 * A workflow run with the states of its operators and its annotated timeline, both computed from the same rows.
 *
 * @throws ProblemError `workflow_run_not_found`, and as `withQueues` does.
 */
export async function getRunView(workflowRunId: Uuid, options: ReadOptions = {}): Promise<RunView> {
  // The definition of a run never changes, so it may come from another snapshot.
  const [detail, definition] = await Promise.all([
    getWorkflowRun(workflowRunId, options),
    findRunDefinition(workflowRunId, options),
  ]);
  const compiled = definition ? await compile(definition.text) : NOT_STORED;
  const circuits = await findCircuits(compiled.view, detail.run, options);
  return workInTurns(computeRunView(compiled, detail, circuits));
}

/** The circuit breakers of a workflow; nothing is read for a workflow without any. */
async function findCircuits(
  { graph }: DefinitionView,
  workflow: { name: string; tenantId: string | null },
  options: ReadOptions,
): Promise<Circuit[]> {
  return graph?.nodes.some(({ hasBreaker }) => hasBreaker) ? listCircuits(workflow, options) : [];
}

/** The definition that a run executes, without its text, and where it was found. */
export type RunDefinitionView = DefinitionView & Pick<RunDefinition, "source" | "definitionId">;

/**
 * The definition of a run, as the run's page shows it.
 *
 * @throws ProblemError as `getRunDefinition`.
 */
export async function getRunDefinitionView(
  workflowRunId: Uuid,
  options: ReadOptions = {},
): Promise<RunDefinitionView> {
  const { text, source, definitionId } = await getRunDefinition(workflowRunId, options);
  const { view } = await compile(text);
  return { ...withoutHiddenEdges(view), source, definitionId };
}

/**
 * What the tasks of a run recorded for the operator at a path of its definition.
 *
 * @throws ProblemError `workflow_run_not_found`, and as `withQueues` does.
 */
export async function getOperatorRecords(
  workflowRunId: Uuid,
  path: string,
  options: ReadOptions = {},
): Promise<OperatorRecord[]> {
  const [detail, definition] = await Promise.all([
    getWorkflowRun(workflowRunId, options),
    findRunDefinition(workflowRunId, options),
  ]);
  const compiled = definition ? await compile(definition.text) : NOT_STORED;
  return listOperatorRecords(compiled, detail, path);
}

/** A stored definition with what its page shows. `view` and `report` are `null` when the text is too large. */
export type WorkflowDefinitionView = WorkflowDefinitionDetail & {
  view: DefinitionView | null;
  report: DefinitionReport | null;
  circuits: Circuit[];
};

/**
 * A definition, as its page shows it.
 *
 * @throws ProblemError as `getDefinitionDetail`.
 */
export async function getDefinitionView(
  definitionId: Uuid,
  options: ReadOptions = {},
): Promise<WorkflowDefinitionView> {
  const detail = await getDefinitionDetail(definitionId, options);
  const { text } = detail;
  if (text === null) return { ...detail, view: null, report: null, circuits: [] };
  const { view } = await compile(text);
  return {
    ...detail,
    view,
    report: hasReport(text) ? await workInTurns(reportDefinition(text)) : null,
    circuits: await findCircuits(view, detail, options),
  };
}

function hasReport(text: string): boolean {
  return !redactionRules().everything && findDefinitionLimit(text) === null;
}

async function findRunDefinition(
  workflowRunId: Uuid,
  options: ReadOptions,
): Promise<RunDefinition | undefined> {
  try {
    return await getRunDefinition(workflowRunId, options);
  } catch (error) {
    // The read of the run itself reports a missing run, and the page's read of the definition reports the other
    // cases.
    if (error instanceof ProblemError && NOT_FOUND.has(error.problem.code)) return undefined;
    throw error;
  }
}

const NOT_FOUND: ReadonlySet<string> = new Set([
  ...["definition_not_found", "workflow_run_not_found"],
  // The queue of the root task cannot be read.
  ...["timed_out", "forbidden"],
]);

const NOT_STORED: CompiledDefinition = {
  workflow: null,
  view: { graph: null, settings: {}, notDrawn: null, unreadable: null },
};

const REDACTED: CompiledDefinition = {
  workflow: null,
  view: {
    ...NOT_STORED.view,
    unreadable: "Values are redacted for you, and so is the definition.",
  },
};

function tooLarge(limit: string): CompiledDefinition {
  const unreadable = `The definition ${limit}, so it is not shown.`;
  return { workflow: null, view: { ...NOT_STORED.view, unreadable } };
}

/** The table of a run's operators has no column that needs edges. */
function withoutHiddenEdges(view: DefinitionView): DefinitionView {
  if (view.graph === null || view.notDrawn === null) return view;
  return { ...view, graph: { ...view.graph, edges: [], groups: [] } };
}

/** The maximum total length of the definitions that stay compiled, in characters. */
const MOST_COMPILED = 8_000_000;

/** By text, least recently used first. Requests that arrive while one is compiled share the work. */
const known = new Map<string, Promise<CompiledDefinition>>();

/** Compiles a definition, or returns it from the cache: an open page reads its run every few seconds. */
function compile(text: string): Promise<CompiledDefinition> {
  if (redactionRules().everything) return Promise.resolve(REDACTED);
  const limit = findDefinitionLimit(text);
  if (limit !== null) return Promise.resolve(tooLarge(limit));
  const definition = known.get(text) ?? workInTurns(compileDefinition(text));
  definition.catch(() => known.delete(text));
  known.delete(text);
  known.set(text, definition);
  let size = [...known.keys()].reduce((sum, { length }) => sum + length, 0);
  for (const oldest of known.keys()) {
    if (size <= MOST_COMPILED || oldest === text) break;
    known.delete(oldest);
    size -= oldest.length;
  }
  return definition;
}
