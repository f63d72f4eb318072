import { stringify as stringifyLossless } from "lossless-json";
import { Document, isScalar, visit } from "yaml";
import { isLoop, type Operator, type Workflow } from "../model/workflow.ts";
import type { Format } from "./parse.ts";

/** Fields for which null is the same as nothing. Anywhere else null is a value. */
const NULLABLE = new Set([
  "start_task",
  "schedule",
  "start_date",
  "default_retry_policy",
  "retry_policy",
  "timeout_policy",
  "idempotency_key",
  "result_key",
  "on_success_task_id",
  "on_failure_task_id",
  "if_true",
  "if_false",
  "timeout",
  "timeout_seconds",
  "default",
]);

/**
 * The text of a workflow. JSON has every field, nulls included, in the order of the model, and two spaces of
 * indentation. YAML leaves null fields out and sorts keys at every level, so the order of tasks, branches and cases is
 * lost there; nulls in the user's own values stay.
 */
export function serializeWorkflow(workflow: Workflow, format: Format): string {
  if (format === "json") return stringifyLossless(workflow, null, 2) ?? "";
  const document = new Document(withoutNulls(workflow), {
    // Text that YAML 1.1 would read as something else is quoted.
    version: "1.1",
    customTags: (tags) => tags.filter((tag) => typeof tag !== "object" || tag.tag !== MERGE),
    sortMapEntries: (a, b) => compare(String(a.key), String(b.key)),
    aliasDuplicateObjects: false,
  });
  visit(document, {
    // Left plain, this key would merge its value into the map around it.
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === "<<") key.type = "QUOTE_SINGLE";
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 80 });
}

const MERGE = "tag:yaml.org,2002:merge";

function withoutNulls(workflow: Workflow): object {
  const tasks = Object.entries(workflow.tasks).map(([id, task]) => [
    id,
    operatorWithoutNulls(task),
  ]);
  return { ...ownWithoutNulls(workflow), tasks: Object.fromEntries(tasks) };
}

/** Branches keep their nulls, as the Python package leaves them. */
function operatorWithoutNulls(operator: Operator): object {
  const own = ownWithoutNulls(operator);
  return isLoop(operator)
    ? { ...own, loop_body: operator.loop_body.map(operatorWithoutNulls) }
    : own;
}

function ownWithoutNulls(value: object): object {
  const fields = Object.entries(value).filter(([key, one]) => one !== null || !NULLABLE.has(key));
  return Object.fromEntries(fields);
}

/** By code point, not by UTF-16 unit. */
function compare(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const differs = left.findIndex((sign, index) => sign !== right[index]);
  if (differs === -1) return left.length - right.length;
  return (left[differs]?.codePointAt(0) ?? 0) - (right[differs]?.codePointAt(0) ?? -1);
}
