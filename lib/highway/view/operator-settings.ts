import { stringifyJson } from "../../absurd/connection/json.ts";
import { formatDuration, formatNumber, plural } from "../../format.ts";
import { parseDuration } from "../model/duration.ts";
import { innerScopes, pathIn, type Scope, topScope } from "../model/scopes.ts";
import { parseWaitFor } from "../model/wait-for.ts";
import type { Guard, Operator, RetryPolicy, Workflow } from "../model/workflow.ts";

/** A setting of an operator as text. */
export type Setting = { label: string; value: string };

/** The settings to show for every operator, by its path; unset ones are omitted. */
export function listSettings(workflow: Workflow): Record<string, Setting[]> {
  const settings: [path: string, Setting[]][] = [];
  const add = (scope: Scope) => {
    for (const [id, operator] of scope.operators) {
      settings.push([pathIn(scope, id), describeOperator(operator)]);
      for (const inner of innerScopes(operator, scope)) add(inner);
    }
  };
  add(topScope(workflow));
  return Object.fromEntries(settings);
}

type Entry = [label: string, value: string | number | null | undefined];

function describeOperator(operator: Operator): Setting[] {
  const { retry_policy: retries, circuit_breaker_policy: breaker } = operator;
  const entries: Entry[] = [
    ["Description", operator.description],
    ...listOwn(operator),
    ["Result key", operator.result_key],
    [
      "Trigger rule",
      operator.trigger_rule === "all_success" ? null : operator.trigger_rule.replaceAll("_", " "),
    ],
    ["Retries", retries && formatRetries(retries)],
    ["Timeout", operator.timeout_policy && formatIso(operator.timeout_policy.timeout)],
    [
      "Circuit breaker",
      breaker &&
        `opens after ${plural(breaker.failure_threshold, "failure")} for ${formatIso(breaker.isolation_duration)}, closes after ${plural(breaker.success_threshold, "success", "successes")}`,
    ],
    ...listErrors("Counted errors", breaker?.catch_exceptions),
    ...listErrors("Ignored errors", breaker?.ignore_exceptions),
    ...operator.preconditions.map((guard): Entry => ["Precondition", formatGuard(guard)]),
    ...operator.postconditions.map((guard): Entry => ["Postcondition", formatGuard(guard)]),
    ["On failure", operator.on_failure_task_id],
    ["On success", operator.on_success_task_id],
  ];
  return entries.flatMap(([label, value]) =>
    value == null || value === "" ? [] : [{ label, value: String(value) }],
  );
}

function listOwn(operator: Operator): Entry[] {
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
      return [
        ["Items", operator.items],
        ["Rounds", operator.parallel ? "in parallel" : null],
      ];
    case "wait":
      return [["Wait for", formatWaitFor(operator.wait_for)]];
    case "wait_for_event":
      return [
        ["Event", operator.event_name],
        ["Timeout", formatSeconds(operator.timeout_seconds)],
      ];
    case "emit_event":
      return [["Event", operator.event_name]];
    case "join":
      return [
        ["Join", operator.join_tasks.join(", ")],
        ["Mode", operator.join_mode.replaceAll("_", " ")],
      ];
    case "parallel":
      return [["Timeout", formatSeconds(operator.timeout)]];
    case "reflexive":
      return [
        ["Generator", operator.generator],
        ["Verifier", operator.verifier],
        ["Most turns", operator.max_turns],
      ];
    case "multi_choice":
      return [
        ...Object.entries(operator.branches).map(
          ([name, { condition }]): Entry => [`Branch ${name}`, condition],
        ),
        ["Least branches", operator.minimum_branches],
        ["Timeout", formatSeconds(operator.timeout)],
      ];
    case "terminate":
      return [
        ["Ends the run as", operator.status],
        ["Reason", operator.reason],
      ];
    case "child_workflow":
      return [
        ...Object.entries(operator.children).map(
          ([name, child]): Entry => [`Child ${name}`, formatChild(child)],
        ),
        ["Timeout", formatSeconds(operator.timeout_seconds)],
      ];
    default:
      return [];
  }
}

function listErrors(label: string, names: readonly string[] | null | undefined): Entry[] {
  return names ? [[label, names.length === 0 ? "none" : names.join(", ")]] : [];
}

function formatSeconds(seconds: number | null): string | null {
  return seconds === null ? null : formatDuration(seconds * 1_000);
}

function formatRetries({ max_retries: most, delay, backoff_factor: factor }: RetryPolicy): string {
  const growth = factor === 1 ? "" : `, then × ${factor}`;
  return `${formatNumber(most)}, the first after ${formatIso(delay)}${growth}`;
}

/** A duration of the document in words; other text, such as a template, is unchanged. */
function formatIso(text: string): string {
  return formatSeconds(parseDuration(text) ?? null) ?? text;
}

/** Instants and templates stay as the document writes them. */
function formatWaitFor(text: string): string {
  const wait = parseWaitFor(text);
  return wait?.kind === "duration" ? formatDuration(wait.seconds * 1_000) : text;
}

function formatChild({ workflow_name: name, version }: Record<string, unknown>): string {
  return version === undefined ? String(name) : `${name} ${version}`;
}

/** `{{ order.total }} in range [1,100]`; checks without a value are only words. */
function formatGuard({ variable, check, value }: Guard): string {
  const words = check.replaceAll("_", " ");
  const isAlone = check === "exists" || check === "not_null";
  return `${variable} ${words}${isAlone ? "" : ` ${stringifyJson(value)}`}`;
}
