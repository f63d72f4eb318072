import { listEntries, listKeys } from "../../language/key-order.ts";
import type { TemplatePath } from "../../language/template.ts";
import { parseDuration } from "../duration.ts";
import { isMapping, type Place } from "../fields.ts";
import { checkName } from "../names.ts";
import {
  checkTemplateField,
  listFieldPaths,
  listTemplateFields,
  type TemplateField,
} from "../template-fields.ts";
import { hasTemplate, parseWaitFor } from "../wait-for.ts";
import {
  type ChildWorkflowOperator,
  type EmitEventOperator,
  followsRetryPolicy,
  followsTimeoutPolicy,
  type Guard,
  isCall,
  isOperatorType,
  type MultiChoiceOperator,
  type Operator,
  type RetryPolicy,
  type WaitForEventOperator,
} from "../workflow.ts";

export type EventOperator = EmitEventOperator | WaitForEventOperator;

/** Names that `type_check` accepts: JSON's and Python's. */
export const GUARD_TYPES = [
  "string",
  "number",
  "integer",
  "boolean",
  "list",
  "object",
  "null",
  "str",
  "int",
  "float",
  "bool",
  "dict",
  "NoneType",
];

/** Reports values of one operator that have the right type but make no sense. */
export function checkOperator(operator: Operator, place: Place): void {
  checkRetryPolicy(operator.retry_policy, place.member("retry_policy"));
  if (operator.timeout_policy && !isPositive(operator.timeout_policy.timeout))
    place.member("timeout_policy").member("timeout").error("timeout", "must be more than 0");
  checkPoliciesHaveEffect(operator, place);
  checkBreaker(operator, place.member("circuit_breaker_policy"));
  for (const when of ["preconditions", "postconditions"] as const)
    for (const [index, guard] of operator[when].entries())
      checkGuard(guard, place.member(when).member(index));
  switch (operator.operator_type) {
    case "wait":
      checkWait(operator.wait_for, place.member("wait_for"));
      break;
    case "parallel":
      if (Object.keys({ ...operator.branches, ...operator.branch_workflows }).length === 0)
        place.warn("parallel_without_branches", "has no branches, so it does nothing");
      checkSeconds(operator.timeout, place.member("timeout"));
      break;
    case "foreach":
      checkBody(operator.loop_body, place);
      if (operator.dynamic)
        place
          .member("dynamic")
          .warn(
            "dynamic_unsupported",
            "Items cannot be added to a loop that runs here, so a start is refused",
          );
      break;
    case "while":
      checkBody(operator.loop_body, place);
      checkMaxRounds(operator.metadata, place.member("metadata"));
      break;
    case "switch":
      if (Object.keys(operator.cases).length === 0)
        place.member("cases").warn("switch_without_cases", "is empty, so nothing can match");
      for (const key of listKeys(operator.cases))
        if (key !== key.trim())
          place
            .member("cases")
            .member(key)
            .warn(
              "unreachable_case",
              `'${key}' never matches: values are trimmed`,
              `write '${key.trim()}'`,
            );
      break;
    case "emit_event":
      checkEventName(operator, place.member("event_name"));
      break;
    case "wait_for_event":
      checkEventName(operator, place.member("event_name"));
      checkSeconds(operator.timeout_seconds, place.member("timeout_seconds"));
      break;
    case "multi_choice":
      checkChoice(operator, place);
      break;
    case "child_workflow":
      checkChildren(operator, place);
      break;
  }
}

/** Reports a policy that cannot be followed. */
export function checkRetryPolicy(policy: RetryPolicy | null, place: Place): void {
  if (!policy) return;
  if (policy.max_retries < 0)
    place.member("max_retries").error("negative_retry", "must be 0 or more", "0 is no retry");
  if (policy.backoff_factor <= 0)
    place
      .member("backoff_factor")
      .error("backoff_factor", "must be more than 0", "1 keeps the delay, 2 doubles it");
  if ((parseDuration(policy.delay) ?? 0) < 0)
    place.member("delay").error("negative_delay", "must not be negative");
}

function checkPoliciesHaveEffect(operator: Operator, place: Place): void {
  const { operator_type: type, retry_policy, timeout_policy } = operator;
  if (!isOperatorType(type)) return;
  if (retry_policy && !followsRetryPolicy(operator))
    place.member("retry_policy").warn("retry_ignored", `A retry policy has no effect on ${type}`);
  if (timeout_policy && !followsTimeoutPolicy(operator))
    place
      .member("timeout_policy")
      .warn(
        "timeout_ignored",
        `A timeout policy has no effect on ${type}`,
        type === "child_workflow" ? "use timeout_seconds" : undefined,
      );
}

function checkBreaker(operator: Operator, place: Place): void {
  const policy = operator.circuit_breaker_policy;
  if (!policy) return;
  if ((parseDuration(policy.isolation_duration) ?? 0) < 0)
    place.member("isolation_duration").error("negative_delay", "must not be negative");
  if (!isCall(operator))
    place.warn(
      "circuit_breaker_ignored",
      `A circuit breaker has no effect on ${operator.operator_type}`,
      "use it on task, activity or reflexive",
    );
}

function checkGuard({ variable, check, value }: Guard, place: Place): void {
  const report = (message: string, hint?: string) =>
    place.member("value").error("bad_guard", message, hint);
  if (variable.trim() === "")
    place.member("variable").error("bad_guard", "must not be empty", 'such as "{{ order.total }}"');
  if (check === "in_range" && Array.isArray(value)) {
    const [low, high] = value;
    const isNumber = (one: unknown) => typeof one === "number" || typeof one === "bigint";
    const isKind = (isOne: (one: unknown) => boolean) => isOne(low) && isOne(high);
    const isComparable = isKind(isNumber) || isKind((one) => typeof one === "string");
    if (!isComparable || (low ?? 0) > (high ?? 0))
      report("must be two numbers or two texts, the smaller first", "such as [1, 100]");
  }
  if (check === "matches_regex" && (typeof value !== "string" || !isPattern(value)))
    report("is not a regular expression", 'such as "^[A-Z]{2}[0-9]+$"');
  if (check === "type_check" && !GUARD_TYPES.some((type) => type === value))
    report("names no type", `use one of ${GUARD_TYPES.join(", ")}`);
}

function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}

function checkBody(body: Operator[], place: Place): void {
  if (body.length === 0)
    place.member("loop_body").warn("empty_loop_body", "is empty, so the loop does nothing");
  const ids = body.map(({ task_id }) => task_id);
  for (const [index, id] of ids.entries())
    if (ids.indexOf(id) < index)
      place
        .member("loop_body")
        .member(index)
        .member("task_id")
        .error("duplicate_task_id", `Task '${id}' occurs twice in this body`, "rename one of them");
}

function checkMaxRounds(metadata: Operator["metadata"], place: Place): void {
  const limit = metadata.max_iterations;
  if (limit === undefined) return;
  if (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit < 1)
    place
      .member("max_iterations")
      .error(
        "max_iterations",
        "must be a whole number of at least 1",
        "without quotes, such as 100",
      );
}

/**
 * Matches text that looks like a duration or a time, such as `5m`, `00:30:00`, `pt5s` and `2026-02-30`; any other
 * text may be meant for another program.
 */
const LIKE_A_TIME = /^\s*$|^\s*[+-]?\.?\d|^\s*[+-]?p[\dt]/i;

function checkWait(text: string, place: Place): void {
  const wait = parseWaitFor(text);
  if (wait?.kind === "duration" && wait.seconds < 0)
    place.error("negative_delay", "must not be negative");
  if (wait?.kind !== "text" || hasTemplate(text)) return;
  const message = `'${text}' is neither a duration, a time nor a template`;
  if (LIKE_A_TIME.test(text))
    place.error("wait_for_text", message, 'such as "PT5M" for five minutes or "PT30S"');
  else
    place.warn(
      "wait_for_text",
      message,
      'such as "PT15M", "2026-03-01T06:15:00Z" or "{{ inputs.delay }}"; for an event use wait_for_event',
    );
}

/** The first emit of a name takes effect, permanently. */
function checkEventName(operator: EventOperator, place: Place): void {
  const verb = operator.operator_type === "emit_event" ? "emits" : "awaits";
  const { event_name: name } = operator;
  if (name.trim() === "") place.error("event_name", "must not be empty");
  else if (isParsed(operator) && !listEventPaths(operator).some(differsBetweenRuns))
    place.warn(
      "fixed_event_name",
      `Every run ${verb} the same event '${name}': the first emission wins, and later runs continue with it at once`,
      `put something of the run into it, such as "${name}:{{ run.id }}"`,
    );
}

/**
 * Whether a path's value differs between runs. A workflow's name and version and the worker's environment never
 * do.
 */
function differsBetweenRuns([first, second]: TemplatePath): boolean {
  return first !== "ENV" && !(first === "run" && (second === "name" || second === "version"));
}

/** The paths in the name of an event; none if it cannot be parsed. */
export function listEventPaths(operator: EventOperator): TemplatePath[] {
  return listNameFields(operator).flatMap(listFieldPaths);
}

function isParsed(operator: EventOperator): boolean {
  return listNameFields(operator).every((field) => checkTemplateField(field) === undefined);
}

function listNameFields(operator: EventOperator): TemplateField[] {
  return listTemplateFields(operator).filter(({ keys: [key] }) => key === "event_name");
}

function checkChoice(operator: MultiChoiceOperator, place: Place): void {
  checkSeconds(operator.timeout, place.member("timeout"));
  const names = listKeys(operator.branches);
  if (names.length === 0)
    place.member("branches").warn("choice_without_branches", "is empty, so nothing can be chosen");
  if (operator.minimum_branches > names.length)
    place
      .member("minimum_branches")
      .error(
        "minimum_unreachable",
        `needs ${operator.minimum_branches} branches, but there are ${names.length}`,
      );
  const inside = operator.branch_workflows;
  if (Object.keys(inside).length === 0) return;
  for (const name of new Set([...names, ...listKeys(inside)])) {
    const at = place.member("branch_workflows").member(name);
    const branch = operator.branches[name];
    const workflow = inside[name];
    if (!branch) at.warn("branch_mismatch", `Branch '${name}' has no condition in branches`);
    else if (!workflow)
      place
        .member("branches")
        .member(name)
        .warn("branch_mismatch", `Branch '${name}' has no workflow in branch_workflows`);
    else if (!isSameSet(branch.tasks, Object.keys(workflow.tasks)))
      at.warn("branch_mismatch", `Branch '${name}' has other tasks than branches names`);
  }
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  const all = new Set([...left, ...right]);
  return all.size === new Set(left).size && all.size === new Set(right).size;
}

function checkChildren(operator: ChildWorkflowOperator, place: Place): void {
  checkSeconds(operator.timeout_seconds, place.member("timeout_seconds"));
  const children = listEntries(operator.children);
  if (children.length === 0)
    place.member("children").warn("no_children", "is empty, so the operator does nothing");
  for (const [name, child] of children) {
    const at = place.member("children").member(name);
    const workflow = child.workflow_name;
    const refusal =
      typeof workflow === "string" ? checkName(workflow) : "must be the name of a workflow";
    if (refusal) at.member("workflow_name").error("bad_child", refusal, "such as order_intake");
    if (child.inputs !== undefined && !isMapping(child.inputs))
      at.member("inputs").error("bad_child", "must be a mapping", "such as {order_id: 7}");
    if (child.version !== undefined && typeof child.version !== "string")
      at.member("version").error("bad_child", "must be text", 'such as "1.0.0"');
  }
}

function checkSeconds(seconds: number | null, place: Place): void {
  if (seconds !== null && seconds <= 0)
    place.error("timeout", "must be more than 0", "leave it out for no limit");
}

function isPositive(duration: string): boolean {
  return (parseDuration(duration) ?? 0) > 0;
}
