import { joinPath, type Problem } from "./problem.ts";
import { listScopes } from "./scopes.ts";
import { hasTemplate, parseWaitFor } from "./wait-for.ts";
import type { Operator, Workflow } from "./workflow.ts";

/**
 * What keeps the interpreter from starting a valid workflow, each with its path: features of the language that it
 * does not execute. Nothing is ignored silently. The worker, every start and the definition's page use this list;
 * once the interpreter can execute a feature, it is removed from here.
 */
export function listNotExecuted(workflow: Workflow): Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: string, message: string) =>
    problems.push({ path, code: "not_executed", severity: "error", message });
  for (const { scope, locate } of listScopes(workflow))
    for (const [id, operator] of scope.operators)
      for (const { key, message } of listFeatures(operator))
        refuse(
          key === "" ? locate(id) : joinPath(locate(id), key),
          `Operator '${scope.path === "" ? id : `${scope.path}/${id}`}' ${message}`,
        );
  return problems;
}

function listFeatures(operator: Operator): { key: string; message: string }[] {
  const features: { key: string; message: string; isUsed: boolean }[] = [
    {
      key: "dynamic",
      message: "is dynamic: items cannot be added to a loop that runs here.",
      isUsed: operator.operator_type === "foreach" && operator.dynamic,
    },
    {
      key: "wait_for",
      message: "waits for a text that is neither a duration nor a time.",
      isUsed:
        operator.operator_type === "wait" &&
        !hasTemplate(operator.wait_for) &&
        parseWaitFor(operator.wait_for)?.kind === "text",
    },
  ];
  return features.filter(({ isUsed }) => isUsed);
}
