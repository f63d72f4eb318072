import type { Json } from "../../model/json.ts";
import { type Pausing, workAtOnce } from "../../model/work/turns.ts";
import { listEntries } from "../language/key-order.ts";
import { findScope, innerScopes, listScopes, type Scope } from "./scopes.ts";
import { listFieldPaths, listTemplateFields, type TemplateField } from "./template-fields.ts";
import type { Operator, Workflow } from "./workflow.ts";

/** A value that can be given to a run of a workflow. It is required unless it has a `default`. */
export type WorkflowInput = { name: string; default?: Json };

/** Names that have a meaning in every run. */
const KNOWN = [
  "inputs",
  "variables",
  "workflow",
  "run",
  "ENV",
  "ds",
  "item",
  "index",
  "failed_task_id",
  "error_message",
];

/** Names that have a meaning in one field only, by the first key of its place. */
const KNOWN_IN: Record<string, readonly string[]> = {
  postconditions: ["result"],
  correction_prompt_template: ["prompt", "output", "feedback", "turn", "verification"],
};

/**
 * The inputs of a workflow: first its variables, in order, whose values can be replaced by an input of the same
 * name; then names that operators refer to and nothing in the workflow provides, in the order of its operators.
 */
export function listInputs(workflow: Workflow): WorkflowInput[] {
  return workAtOnce(listInputsInTurns(workflow));
}

/** Like `listInputs`. It pauses: a definition may have thousands of templates. */
export function* listInputsInTurns(workflow: Workflow): Pausing<WorkflowInput[]> {
  const variables = listEntries(workflow.variables);
  const operators = listScopes(workflow).flatMap(({ scope }) => [...scope.operators.values()]);
  const provided = new Set([
    ...KNOWN,
    ...variables.map(([name]) => name),
    ...operators.flatMap(({ task_id, result_key }) => [task_id, result_key ?? task_id]),
  ]);
  const required = new Set<string>();
  for (const operator of operators)
    for (const field of listTemplateFields(operator)) {
      for (const name of listRequired(field, provided)) required.add(name);
      yield;
    }
  for (const [name] of variables) required.delete(name);
  return [
    ...variables.map(([name, value]) => ({ name, default: value })),
    ...[...required].map((name) => ({ name })),
  ];
}

/** The required inputs of a workflow that are not among the given ones. */
export function listMissingInputs(workflow: Workflow, given: object): string[] {
  return listInputs(workflow)
    .filter((input) => input.default === undefined && !Object.hasOwn(given, input.name))
    .map(({ name }) => name);
}

function listRequired(field: TemplateField, provided: ReadonlySet<string>): string[] {
  const local = KNOWN_IN[String(field.keys[0])] ?? [];
  return listFieldPaths(field).flatMap((path) => {
    const [first, second] = path.map(String);
    if (first === "inputs") return second ?? [];
    if (first === "ds") return ["data_interval_start"];
    return first === undefined || provided.has(first) || local.includes(first) ? [] : first;
  });
}

/**
 * The first names of all paths in the templates of a scope's operators, of those inside them, and of their
 * handlers: the names for which a part running this scope needs values.
 */
export function listNames(scope: Scope): Set<string> {
  const names = new Set<string>();
  const visited = new Set<Operator>();
  const visit = (operator: Operator, home: Scope): void => {
    if (visited.has(operator)) return;
    visited.add(operator);
    for (const [name] of listTemplateFields(operator).flatMap(listFieldPaths))
      names.add(String(name));
    for (const id of [operator.on_success_task_id, operator.on_failure_task_id]) {
      const at = id === null ? null : findScope(home, id);
      const handler = id === null ? undefined : at?.operators.get(id);
      if (at && handler) visit(handler, at);
    }
    for (const inner of innerScopes(operator, home))
      for (const one of inner.operators.values()) visit(one, inner);
  };
  for (const operator of scope.operators.values()) visit(operator, scope);
  return names;
}
