import vm from "node:vm";
import { stringifyJson } from "../../absurd/connection/json.ts";
import type { Json } from "../../model/json.ts";
import { compare, looselyEqual } from "../language/comparison.ts";
import { parseExpression } from "../language/expression.ts";
import { fillToText, type Lookup } from "../language/template.ts";
import { isMapping } from "../model/fields.ts";
import type { Guard, Operator } from "../model/workflow.ts";
import type { Context } from "./context.ts";
import { OperatorError } from "./outcome.ts";

/** Longer text is not matched, and a match that exceeds the time limit fails. */
const MAX_MATCHED = 10_000;
const MATCH_MS = 100;

/** @throws OperatorError `PreconditionFailed` for the first precondition that is not met. */
export function checkPreconditions(operator: Operator, context: Context): void {
  check("PreconditionFailed", operator.preconditions, context);
}

/**
 * Checks postconditions, in which the operator's value is available as `result`, under its result key and its id.
 *
 * @throws OperatorError `PostconditionFailed` for the first one that is not met.
 */
export function checkPostconditions(operator: Operator, value: Json, context: Context): void {
  if (operator.postconditions.length === 0) return;
  const { task_id, result_key } = operator;
  const names = { [task_id]: value, ...(result_key !== null && { [result_key]: value }) };
  check(
    "PostconditionFailed",
    operator.postconditions,
    context.inside({ ...names, result: value }),
  );
}

function check(type: string, guards: readonly Guard[], context: Context): void {
  for (const guard of guards) {
    if (isMet(guard, context.strict)) continue;
    const about = { variable: guard.variable, check: guard.check };
    throw new OperatorError(type, describe(guard, context.lookup), { guard: about });
  }
}

/**
 * Whether a guard is met. A check of a path that does not exist is not met, and neither is one that cannot be
 * evaluated.
 */
export function isMet(guard: Guard, lookup: Lookup): boolean {
  try {
    return passesCheck(guard, parseExpression(guard.variable)(lookup));
  } catch {
    return false;
  }
}

function passesCheck({ check, value: wanted }: Guard, value: Json): boolean {
  switch (check) {
    case "exists":
      return true;
    case "not_null":
      return value !== null;
    case "equals":
      return isEqual(value, wanted);
    case "not_equals":
      return !isEqual(value, wanted);
    case "in_range": {
      const [least = null, most = null] = Array.isArray(wanted) ? wanted : [];
      return compare(value, least) >= 0 && compare(value, most) <= 0;
    }
    case "in_set":
      return Array.isArray(wanted) && wanted.some((one) => isEqual(value, one));
    case "matches_regex":
      return typeof value === "string" && matches(String(wanted), value);
    case "type_check":
      return isOfType(value, String(wanted));
  }
}

/** Deep equality; scalars are compared as in expressions, where `"5"` equals 5. */
function isEqual(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => isEqual(one, b[index] ?? null));
  if (isMapping(a) && isMapping(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key] as Json, b[key] as Json))
    );
  }
  return looselyEqual(a, b);
}

const MATCH = new vm.Script("new RegExp(pattern).test(text)");

/** Has a timeout: a pattern may backtrack without end, and would block the process. */
function matches(pattern: string, text: string): boolean {
  if (text.length > MAX_MATCHED) return false;
  return MATCH.runInNewContext({ pattern, text }, { timeout: MATCH_MS }) === true;
}

function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case "string":
    case "str":
      return typeof value === "string";
    case "number":
    case "float":
      return typeof value === "number" || typeof value === "bigint";
    case "integer":
    case "int":
      return typeof value === "bigint" || Number.isInteger(value);
    case "boolean":
    case "bool":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "object":
    case "dict":
      return isMapping(value);
    case "null":
    case "NoneType":
      return value === null;
    default:
      return false;
  }
}

/** The guard's own message, or a sentence without the actual value, which may be a secret. */
function describe({ variable, check, value, message }: Guard, lookup: Lookup): string {
  const sentence = `${variable} does not meet ${check}${value === null ? "" : ` ${stringifyJson(value)}`}.`;
  if (message === "") return sentence;
  try {
    return fillToText(message, lookup);
  } catch {
    return sentence;
  }
}
