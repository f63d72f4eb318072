import type { Operator } from "../model/workflow.ts";

/** What stands on an operator in a drawing: its description or id, and what its kind adds. */
export function labelOf(operator: Operator): string {
  const name = oneLine(operator.description) || oneLine(operator.task_id) || "(no id)";
  return `${name}${suffixOf(operator)}`;
}

function suffixOf(operator: Operator): string {
  switch (operator.operator_type) {
    case "condition":
      return operator.description.trimEnd().endsWith("?") ? "" : " ?";
    case "switch":
      return " (switch)";
    case "foreach":
      return " (for each)";
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
    case "task":
    case "parallel":
      return "";
    default:
      return ` (${oneLine(operator.operator_type)})`;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
