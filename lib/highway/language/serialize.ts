import { stringify as stringifyLossless } from "lossless-json";
import { Document, type ScalarTag, visit } from "yaml";
import { compareCodePoints } from "../model/code-points.ts";
import { isLoop, type Operator, type Workflow } from "../model/workflow.ts";
import { listEntries } from "./key-order.ts";
import type { Format } from "./parse.ts";
import { needsQuotes } from "./yaml.ts";

/** Fields in which null means absent. In all others null is a value. */
const NULLABLE = new Set([
  "start_task",
  "schedule",
  "start_date",
  "default_retry_policy",
  "retry_policy",
  "timeout_policy",
  "circuit_breaker_policy",
  "correction_prompt_template",
  "deadline_seconds",
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
 * The text of a workflow, in the form of version 2.2. JSON has every field, nulls included, in the order of the
 * model, and an indentation of two spaces. YAML omits null fields and sorts keys at every level, so the order of
 * tasks, branches and cases is lost; nulls in the user's own values are kept.
 */
export function serializeWorkflow(workflow: Workflow, format: Format): string {
  if (format === "json") return writeJson(workflow, "");
  const document = new Document(withoutNulls(workflow), {
    // Quotes text that YAML 1.1 resolves to another type.
    version: "1.1",
    customTags: (tags) => [
      EXPONENT,
      ...tags.filter((tag) => typeof tag !== "object" || tag.tag !== MERGE),
    ],
    sortMapEntries: (a, b) => compareCodePoints(String(a.key), String(b.key)),
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === "string" && needsQuotes(node.value)) node.type = "QUOTE_SINGLE";
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 80 });
}

/** JSON with an indentation of two spaces, and the keys of each object in the order of its document. */
function writeJson(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return stringifyLossless(value) ?? "null";
  const inner = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((item) => writeJson(item, inner))
    : listEntries(value as Record<string, unknown>).flatMap(([key, member]) =>
        member === undefined ? [] : `${JSON.stringify(key)}: ${writeJson(member, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (members.length === 0) return `${open}${close}`;
  return `${open}\n${members.map((member) => inner + member).join(",\n")}\n${indent}${close}`;
}

const MERGE = "tag:yaml.org,2002:merge";

/** A number of YAML 1.1 with an exponent needs a dot and a sign: `1.0e+21`. */
const EXPONENT: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => typeof value === "number" && /e/.test(String(value)),
  test: /(?!)/,
  resolve: (text) => text,
  stringify: ({ value }) => {
    const [digits = "", exponent] = String(value).split("e");
    return `${digits.includes(".") ? digits : `${digits}.0`}e${exponent}`;
  },
};

function withoutNulls(workflow: Workflow): object {
  const tasks = Object.entries(workflow.tasks).map(([id, task]) => [
    id,
    operatorWithoutNulls(task),
  ]);
  return { ...ownWithoutNulls(workflow), tasks: Object.fromEntries(tasks) };
}

/** Branches keep their nulls, as the Python package leaves them. */
function operatorWithoutNulls(operator: Operator): object {
  const own = {
    ...ownWithoutNulls(operator),
    ...(operator.circuit_breaker_policy && {
      circuit_breaker_policy: partWithoutNulls(operator.circuit_breaker_policy),
    }),
    preconditions: operator.preconditions.map(partWithoutNulls),
    postconditions: operator.postconditions.map(partWithoutNulls),
  };
  return isLoop(operator)
    ? { ...own, loop_body: operator.loop_body.map(operatorWithoutNulls) }
    : own;
}

const NULLABLE_INSIDE = new Set(["value", "catch_exceptions", "ignore_exceptions"]);

function partWithoutNulls(value: object): object {
  const fields = Object.entries(value).filter(
    ([key, one]) => one !== null || !NULLABLE_INSIDE.has(key),
  );
  return Object.fromEntries(fields);
}

function ownWithoutNulls(value: object): object {
  const fields = Object.entries(value).filter(([key, one]) => one !== null || !NULLABLE.has(key));
  return Object.fromEntries(fields);
}
