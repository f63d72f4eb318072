import { listEntries, listKeys } from "../language/key-order.ts";
import { isLoop, type Operator, type Workflow } from "../model/workflow.ts";

/**
 * The state diagram of a workflow, exactly as version 2.0.2 of the Python package draws it: without cases,
 * handlers and the content of branches, and without escaping. `toRichMermaid` includes all of that.
 */
export function toClassicMermaid(workflow: Workflow): string {
  const operators = listEntries(workflow.tasks);
  const named = new Set(operators.flatMap(([, { dependencies }]) => dependencies));
  const isStart = (id: string) => !workflow.start_task || workflow.start_task === id;
  const lines = operators.flatMap(([id, operator]) => [
    ...(operator.description && !isLoop(operator) ? [describe(operator.description, id)] : []),
    ...(operator.dependencies.length === 0
      ? isStart(id)
        ? [`[*] --> ${id}`]
        : []
      : operator.dependencies.map((dependency) => `${dependency} --> ${id}`)),
    ...listOwnLines(id, operator),
    ...(named.has(id) || hasTarget(operator) ? [] : [`${id} --> [*]`]),
  ]);
  return ["stateDiagram-v2", ...lines.map((line) => `    ${line}`)].join("\n");
}

function listOwnLines(id: string, operator: Operator): string[] {
  switch (operator.operator_type) {
    case "condition":
      return [
        ...(operator.if_true ? [`${id} --> ${operator.if_true} : True`] : []),
        ...(operator.if_false ? [`${id} --> ${operator.if_false} : False`] : []),
      ];
    case "parallel": {
      const branches = listKeys(operator.branches).map((key, index) =>
        describe(`Branch ${index + 1}`, key),
      );
      return compose(
        id,
        branches.flatMap((line, index) => (index === 0 ? [line] : ["--", line])),
      );
    }
    case "foreach":
    case "while":
      return compose(
        id,
        operator.loop_body.map(({ task_id, description }) =>
          description ? describe(description, task_id) : task_id,
        ),
      );
    default:
      return [];
  }
}

function compose(id: string, lines: string[]): string[] {
  return [`state ${id} {`, ...lines.map((line) => `    ${line}`), "}"];
}

function describe(description: string, id: string): string {
  return `state "${description}" as ${id}`;
}

function hasTarget(operator: Operator): boolean {
  if (operator.operator_type !== "condition") return false;
  return Boolean(operator.if_true || operator.if_false);
}
