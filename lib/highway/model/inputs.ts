import type { Json } from "../../model/json.ts";
import { listPaths } from "../language/expression.ts";
import { fillTemplates } from "../language/template.ts";
import { findScope, innerScopes, type Scope } from "./scopes.ts";
import { listScopes } from "./visit.ts";
import type { Operator, Workflow } from "./workflow.ts";

/** A value that a run of a workflow can be given. Without a `default` it needs one: an operator asks for it. */
export type WorkflowInput = { name: string; default?: Json };

/** Names that mean something in every run. */
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

/**
 * What a run of a workflow can be given: its variables, whose values an input of the same name replaces, in their order;
 * then what operators ask for and nothing in the workflow provides, in the order of its operators.
 */
export function listInputs(workflow: Workflow): WorkflowInput[] {
  const variables = Object.entries(workflow.variables);
  const operators = listScopes(workflow).flatMap(({ scope }) => [...scope.operators.values()]);
  const provided = new Set([
    ...KNOWN,
    ...variables.map(([name]) => name),
    ...operators.flatMap(({ task_id, result_key }) => [task_id, result_key ?? task_id]),
  ]);
  const asked = new Set(
    operators.flatMap(listReferences).flatMap((path) => inputOf(path, provided)),
  );
  for (const [name] of variables) asked.delete(name);
  return [
    ...variables.map(([name, value]) => ({ name, default: value })),
    ...[...asked].map((name) => ({ name })),
  ];
}

function inputOf(path: readonly (string | number)[], provided: ReadonlySet<string>): string[] {
  const [first, second] = path.map(String);
  if (first === "inputs") return second === undefined ? [] : [second];
  if (first === "ds") return ["data_interval_start"];
  return first === undefined || provided.has(first) ? [] : [first];
}

/**
 * The first names of everything that the operators of a scope refer to, those inside of them and their handlers
 * included: all that a part running this scope has to be given.
 */
export function listNames(scope: Scope): Set<string> {
  const names = new Set<string>();
  const visited = new Set<Operator>();
  const visit = (operator: Operator, home: Scope): void => {
    if (visited.has(operator)) return;
    visited.add(operator);
    for (const [name] of listReferences(operator)) names.add(String(name));
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

/** Everything that the templates and expressions of an operator name. */
function listReferences(operator: Operator): (readonly (string | number)[])[] {
  switch (operator.operator_type) {
    case "task":
    case "activity":
      return inTemplates([operator.args, operator.kwargs, operator.idempotency_key]);
    case "condition":
    case "while":
      return inExpression(operator.condition);
    case "switch":
      return inExpression(operator.switch_on);
    case "foreach":
      return inExpression(operator.items);
    case "wait":
      return inTemplates(operator.wait_for);
    case "emit_event":
      return inTemplates([operator.event_name, operator.payload]);
    case "wait_for_event":
      return inTemplates(operator.event_name);
    default:
      return [];
  }
}

function inTemplates(value: Json): (readonly (string | number)[])[] {
  const paths: (readonly (string | number)[])[] = [];
  try {
    fillTemplates(value, (path) => {
      paths.push(path);
      return null;
    });
  } catch {
    // What cannot be read is for the validator to say.
  }
  return paths;
}

function inExpression(text: string): (readonly (string | number)[])[] {
  try {
    return listPaths(text);
  } catch {
    return [];
  }
}
