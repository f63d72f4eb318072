import type { Operator } from "../model/workflow.ts";

/** The label of an operator in a diagram: its description or id, its kind, and a mark for a breaker and guards. */
export function formatLabel(operator: Operator): string {
  const name = oneLine(operator.description) || oneLine(operator.task_id) || "(no id)";
  return `${name}${formatKind(operator)}${formatMarks(operator)}`;
}

function formatKind(operator: Operator): string {
  switch (operator.operator_type) {
    case "condition":
      return operator.description.trimEnd().endsWith("?") ? "" : " ?";
    case "switch":
      return " (switch)";
    case "foreach":
      return operator.dynamic ? " (for each, dynamic)" : " (for each)";
    case "while":
      return " (while)";
    case "activity":
      return " (activity)";
    case "wait":
      return ` (wait ${oneLine(operator.wait_for)})`;
    case "emit_event":
      return ` (emit ${oneLine(operator.event_name)})`;
    case "wait_for_event":
      return ` (await ${oneLine(operator.event_name)})`;
    case "join":
      return ` (join ${operator.join_mode})`;
    case "reflexive":
      return ` (reflexive ≤${operator.max_turns})`;
    case "multi_choice":
      return " (choice)";
    case "terminate":
      return ` (end: ${operator.status})`;
    case "child_workflow": {
      const count = Object.keys(operator.children).length;
      return count === 1 ? " (1 child)" : ` (${count} children)`;
    }
    case "task":
    case "parallel":
      return "";
    default:
      return ` (${oneLine(operator.operator_type)})`;
  }
}

function formatMarks(operator: Operator): string {
  const marks = [
    ...(operator.circuit_breaker_policy ? ["breaker"] : []),
    ...(operator.preconditions.length + operator.postconditions.length > 0 ? ["guards"] : []),
  ];
  return marks.length === 0 ? "" : ` [${marks.join(", ")}]`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
