/** How the diagrams of the Python package 2.2.0 treat a map of tasks: its top level, a body or a branch. */
import { fromEntries, listEntries, listKeys } from "../language/key-order.ts";
import { compareCodePoints } from "../model/code-points.ts";
import type { Operator, Workflow } from "../model/workflow.ts";

/** The tasks in the order in which these diagrams list them. */
export function listSorted(tasks: Workflow["tasks"]): [string, Operator][] {
  return Object.entries(tasks).sort(([a], [b]) => compareCodePoints(a, b));
}

/** Where a map of tasks starts: at its start task, or else at every task without dependencies. */
export function listStarts(tasks: Workflow["tasks"], start: string | null): string[] {
  if (start !== null && Object.hasOwn(tasks, start)) return [start];
  return listKeys(tasks).filter((key) => tasks[key]?.dependencies.length === 0);
}

/** Tasks that no task of their map depends on, and that select no target. */
export function listEnds(tasks: Workflow["tasks"]): Set<string> {
  const named = new Set(Object.values(tasks).flatMap(({ dependencies }) => dependencies));
  return new Set(
    Object.keys(tasks).filter((key) => {
      const operator = tasks[key];
      return operator && !named.has(key) && !hasTarget(operator);
    }),
  );
}

function hasTarget(operator: Operator): boolean {
  if (operator.operator_type === "condition") return Boolean(operator.if_true || operator.if_false);
  if (operator.operator_type !== "switch") return false;
  return Object.keys(operator.cases).length > 0 || Boolean(operator.default);
}

/** The tasks of a loop's body by id. */
export function bodyTasks(body: readonly Operator[]): Workflow["tasks"] {
  return fromEntries(body.map((operator) => [operator.task_id, operator]));
}

/** An id without the separators that diagrams do not allow. */
export function toDiagramId(id: string): string {
  return id.replace(/[- :.]/g, "_").replace(/^(?=\d)/, "_");
}

export type LabelledEdge = {
  to: string;
  label: string;
  kind: "true" | "false" | "case" | "default" | "success" | "failure";
};

/** The edges of an operator to those of its targets and handlers that are in its map. */
export function listLabelledEdges(operator: Operator, tasks: Workflow["tasks"]): LabelledEdge[] {
  const edges = [];
  if (operator.operator_type === "condition") {
    edges.push({ to: operator.if_true, label: "True", kind: "true" as const });
    edges.push({ to: operator.if_false, label: "False", kind: "false" as const });
  }
  if (operator.operator_type === "switch") {
    for (const [label, to] of listEntries(operator.cases))
      edges.push({ to, label, kind: "case" as const });
    edges.push({ to: operator.default, label: "Default", kind: "default" as const });
  }
  edges.push({ to: operator.on_success_task_id, label: "On Success", kind: "success" as const });
  edges.push({ to: operator.on_failure_task_id, label: "On Failure", kind: "failure" as const });
  return edges.flatMap(({ to, ...edge }) =>
    to !== null && Object.hasOwn(tasks, to) ? [{ to, ...edge }] : [],
  );
}

/** The lines, each indented by four more spaces. */
export function indent(lines: string[]): string[] {
  return lines.map((line) => `    ${line}`);
}
