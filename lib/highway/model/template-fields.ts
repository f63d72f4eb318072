import type { Json } from "../../model/json.ts";
import { listPaths, parseExpression } from "../language/expression.ts";
import { listEntries } from "../language/key-order.ts";
import { parseTemplate, TemplateError, type TemplatePath } from "../language/template.ts";
import { isMapping } from "./fields.ts";
import type { Guard, Operator } from "./workflow.ts";

/** A text of an operator that is an expression or may contain templates. */
export type TemplateField = {
  /** Keys and indexes from the operator inward. */
  keys: (string | number)[];
  kind: "expression" | "template";
  text: string;
};

/** Every text of an operator in which templates are replaced, in the order of the document. */
export function listTemplateFields(operator: Operator): TemplateField[] {
  return [
    ...inText(["idempotency_key"], operator.idempotency_key),
    ...inGuards("preconditions", operator.preconditions),
    ...inGuards("postconditions", operator.postconditions),
    ...listOwn(operator),
  ];
}

function listOwn(operator: Operator): TemplateField[] {
  switch (operator.operator_type) {
    case "task":
    case "activity":
      return [...inText(["args"], operator.args), ...inText(["kwargs"], operator.kwargs)];
    case "condition":
    case "while":
      return [expression(["condition"], operator.condition)];
    case "switch":
      return [expression(["switch_on"], operator.switch_on)];
    case "foreach":
      return [expression(["items"], operator.items)];
    case "wait":
      return inText(["wait_for"], operator.wait_for);
    case "emit_event":
      return [
        ...inText(["event_name"], operator.event_name),
        ...inText(["payload"], operator.payload),
      ];
    case "wait_for_event":
      return inText(["event_name"], operator.event_name);
    case "reflexive":
      return [
        ...inText(["generator_kwargs"], operator.generator_kwargs),
        ...inText(["verifier_kwargs"], operator.verifier_kwargs),
        ...inText(["correction_prompt_template"], operator.correction_prompt_template),
      ];
    case "multi_choice":
      return listEntries(operator.branches).map(([name, { condition }]) =>
        expression(["branches", name, "condition"], condition),
      );
    case "terminate":
      return [...inText(["result"], operator.result), ...inText(["reason"], operator.reason)];
    case "child_workflow":
      return listEntries(operator.children).flatMap(([name, { inputs = null }]) =>
        inText(["children", name, "inputs"], inputs),
      );
    default:
      return [];
  }
}

/** `variable` is a bare path or a template, and so an expression with a single value. */
function inGuards(key: string, guards: readonly Guard[]): TemplateField[] {
  return guards.flatMap(({ variable, message }, index) => [
    ...(variable.trim() === "" ? [] : [expression([key, index, "variable"], variable)]),
    ...inText([key, index, "message"], message),
  ]);
}

function expression(keys: (string | number)[], text: string): TemplateField {
  return { keys, kind: "expression", text };
}

function inText(keys: (string | number)[], value: Json): TemplateField[] {
  if (typeof value === "string") return [{ keys, kind: "template", text: value }];
  if (Array.isArray(value)) return value.flatMap((one, index) => inText([...keys, index], one));
  if (!isMapping(value)) return [];
  return listEntries(value).flatMap(([key, one]) => inText([...keys, key], one as Json));
}

/** What is wrong with the syntax of a field; `undefined` if it is valid. */
export function checkTemplateField({ kind, text }: TemplateField): string | undefined {
  try {
    if (kind === "expression") parseExpression(text);
    else parseTemplate(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return error.message;
  }
}

/** The paths that a field names, in order; none if it cannot be parsed. */
export function listFieldPaths(field: TemplateField): TemplatePath[] {
  if (checkTemplateField(field) !== undefined) return [];
  return field.kind === "expression"
    ? listPaths(field.text)
    : parseTemplate(field.text).parts.filter((part) => typeof part !== "string");
}
