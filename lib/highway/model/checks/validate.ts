import { parseExpression } from "../../language/expression.ts";
import { TemplateError } from "../../language/template.ts";
import { readWorkflow } from "../decode-workflow.ts";
import { Place } from "../fields.ts";
import { joinPath, type Problem } from "../problem.ts";
import { listScopes } from "../visit.ts";
import type { Operator, Workflow } from "../workflow.ts";
import { checkHead } from "./check-head.ts";
import { checkOperator, checkRetryPolicy } from "./check-operator.ts";
import { checkOrder } from "./check-order.ts";
import { checkReferences } from "./check-references.ts";

/** Everything that is wrong or doubtful in a value that should be a workflow. Never throws. */
export function validateWorkflow(value: unknown): Problem[] {
  return readAndCheck(value).problems;
}

/**
 * The workflow in a value, and everything that is wrong or doubtful in it. With problems of meaning only, such as an
 * unknown dependency, there is a workflow that can be drawn; with errors it must not be run.
 */
export function readAndCheck(value: unknown): { workflow?: Workflow; problems: Problem[] } {
  const { workflow, problems } = readWorkflow(value);
  if (!workflow) return { problems };
  return { workflow, problems: [...problems, ...checkMeaning(workflow)] };
}

function checkMeaning(workflow: Workflow): Problem[] {
  const problems: Problem[] = [];
  for (const located of listScopes(workflow)) {
    if (located.workflow) checkDocument(located.workflow.value, located.workflow.path, problems);
    for (const [id, operator] of located.scope.operators) {
      const place = new Place(located.locate(id), problems);
      checkId(id, place.member("task_id"));
      checkOperator(operator, place);
      checkExpression(operator, place);
    }
    checkReferences(located, problems);
    checkOrder(located, problems);
  }
  return problems;
}

function checkDocument(workflow: Workflow, path: string, problems: Problem[]): void {
  const place = new Place(path, problems);
  checkHead(workflow, place);
  checkRetryPolicy(workflow.default_retry_policy, place.member("default_retry_policy"));
  if (workflow.start_task !== null && !Object.hasOwn(workflow.tasks, workflow.start_task))
    place
      .member("start_task")
      .error("unknown_target", `Start task '${workflow.start_task}' does not exist`);
  for (const [key, { task_id }] of Object.entries(workflow.tasks))
    if (key !== task_id)
      new Place(joinPath(joinPath(path, "tasks"), key), problems)
        .member("task_id")
        .error(
          "task_id_mismatch",
          `Task '${task_id}' stands under the key '${key}'`,
          "make key and task_id the same",
        );
}

/** What cannot be read now would fail the operator when it runs. */
function checkExpression(operator: Operator, place: Place): void {
  const texts: Record<string, string> = {};
  if (operator.operator_type === "condition" || operator.operator_type === "while")
    texts.condition = operator.condition;
  if (operator.operator_type === "foreach") texts.items = operator.items;
  if (operator.operator_type === "switch") texts.switch_on = operator.switch_on;
  for (const [key, text] of Object.entries(texts))
    try {
      parseExpression(text);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      place
        .member(key)
        .error(
          "bad_expression",
          error.message,
          'such as "{{ order.total }} > 100 and not order.paid"',
        );
    }
}

function checkId(id: string, place: Place): void {
  if (id === "") place.error("task_id_format", "must not be empty");
  else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(id))
    place.warn(
      "task_id_format",
      `'${id}' has characters that diagrams cannot show as they are`,
      "use letters, digits and underscores",
    );
}
