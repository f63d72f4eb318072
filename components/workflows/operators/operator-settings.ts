import { formatDuration } from "@/lib/format";
import type { GraphNode } from "@/lib/highway/graph/graph";
import { bodyScope, branchScopes, pathIn, type Scope, topScope } from "@/lib/highway/model/scopes";
import { isLoop, type Operator, type Workflow } from "@/lib/highway/model/workflow";

/** The settings of an operator that are set, as label and text. */
export function listSettings(
  workflow: Workflow,
  node: GraphNode,
): [label: string, value: string][] {
  const operator = findOperator(topScope(workflow), node.path);
  if (!operator) return [];
  const policy = operator.retry_policy;
  const all: [string, string | number | null | undefined][] = [
    ["Description", operator.description],
    ...listOwnSettings(operator),
    ["Result key", operator.result_key],
    [
      "Retries",
      policy && `${policy.max_retries}, after ${policy.delay}, × ${policy.backoff_factor}`,
    ],
    ["Timeout", operator.timeout_policy?.timeout],
    ["On failure", operator.on_failure_task_id],
    ["On success", operator.on_success_task_id],
  ];
  return all.flatMap(([label, value]): [string, string][] =>
    value == null || value === "" ? [] : [[label, String(value)]],
  );
}

function listOwnSettings(operator: Operator): [string, string | number | null][] {
  switch (operator.operator_type) {
    case "task":
    case "activity":
      return [["Function", operator.function]];
    case "condition":
    case "while":
      return [["Condition", operator.condition]];
    case "switch":
      return [["Switch on", operator.switch_on]];
    case "foreach":
      return [["Items", operator.items]];
    case "wait":
      return [["Wait for", operator.wait_for]];
    case "wait_for_event":
      return [
        ["Event", operator.event_name],
        [
          "Timeout",
          operator.timeout_seconds === null
            ? null
            : formatDuration(operator.timeout_seconds * 1_000),
        ],
      ];
    case "emit_event":
      return [["Event", operator.event_name]];
    case "join":
      return [["Join", operator.join_tasks.join(", ")]];
    default:
      return [];
  }
}

function findOperator(scope: Scope, path: string): Operator | undefined {
  for (const [id, operator] of scope.operators) {
    if (pathIn(scope, id) === path) return operator;
    const inner = isLoop(operator)
      ? [bodyScope(operator, scope)]
      : branchScopes(operator, scope).map((branch) => branch.scope);
    for (const one of inner) {
      const found = path.startsWith(`${one.path}/`) ? findOperator(one, path) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}
