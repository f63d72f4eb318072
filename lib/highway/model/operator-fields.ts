import * as f from "./fields.ts";
import { JOIN_MODES, type OperatorType, TRIGGER_RULES } from "./vocabulary.ts";
import { parseWaitFor } from "./wait-for.ts";
import type {
  ActivityOperator,
  ConditionOperator,
  EmitEventOperator,
  ForeachOperator,
  JoinOperator,
  Operator,
  OperatorBase,
  ParallelOperator,
  RetryPolicy,
  SwitchOperator,
  TaskOperator,
  TimeoutPolicy,
  WaitForEventOperator,
  WaitOperator,
  WhileOperator,
  Workflow,
} from "./workflow.ts";

const emptyMapping = () => ({});
const nullableText = f.nullable(f.text);
const freeMapping = f.orElse(f.mapping(f.json), emptyMapping);

function object<T extends object>(fields: f.Fields<T>): f.Field<T> {
  return (value, place) => {
    const given = f.mapping(f.json)(value, place);
    return f.readFields(fields, f.isMapping(value) ? value : given, place);
  };
}

export const retryPolicy = object<RetryPolicy>({
  max_retries: f.orElse(f.integer, () => 3),
  delay: f.orElse(f.duration, () => "PT5S"),
  backoff_factor: f.orElse(f.number, () => 2),
});

const timeoutPolicy = object<TimeoutPolicy>({
  timeout: f.duration,
  kill_on_timeout: f.orElse(f.boolean, () => true),
});

/** The fields of all operators, around the operator's type, which stands second. */
export const HEAD = { task_id: f.text } as const;
export const BASE: f.Fields<Omit<OperatorBase, "task_id">> = {
  dependencies: f.orElse(f.list(f.text), () => []),
  trigger_rule: f.orElse(f.oneOf(TRIGGER_RULES), () => "all_success" as const),
  retry_policy: f.nullable(retryPolicy),
  timeout_policy: f.nullable(timeoutPolicy),
  idempotency_key: nullableText,
  metadata: freeMapping,
  description: f.orElse(f.text, () => ""),
  result_key: nullableText,
  on_success_task_id: nullableText,
  on_failure_task_id: nullableText,
  is_internal_loop_task: f.orElse(f.boolean, () => false),
  is_internal_parallel_task: f.orElse(f.boolean, () => false),
};

const waitFor: f.Field<string> = (value, place) => {
  const parsed = parseWaitFor(value);
  if (parsed) return parsed.text;
  if (value === undefined) place.error(f.MISSING, "is missing; it must say for how long");
  else
    place.error(
      f.SHAPE,
      `must be a duration or a time, but is ${f.describeType(value)}`,
      'such as "PT15M", "P1D", "2026-03-01T06:15:00Z" or a number of seconds',
    );
  return "PT0S";
};

/** Keys that YAML read as numbers or booleans have become text already. */
const cases = f.orElse(f.mapping(f.text), emptyMapping);

type Own<T> = Omit<T, keyof OperatorBase | "operator_type">;
type OwnFields<Type extends OperatorType> = f.Fields<
  Own<Extract<Operator, { operator_type: Type }>>
>;

/** What each kind of operator adds, given how to read the operators and workflows inside of it. */
export function ownFields(
  operator: f.Field<Operator>,
  workflow: f.Field<Workflow>,
): { [Type in OperatorType]: OwnFields<Type> } {
  const call: f.Fields<Own<TaskOperator> & Own<ActivityOperator>> = {
    function: f.text,
    args: f.orElse(f.list(f.json), () => []),
    kwargs: freeMapping,
  };
  const body = f.orElse(f.list(operator), () => []);
  return {
    task: call,
    activity: call,
    condition: {
      condition: f.text,
      if_true: nullableText,
      if_false: nullableText,
    } satisfies f.Fields<Own<ConditionOperator>>,
    wait: { wait_for: waitFor } satisfies f.Fields<Own<WaitOperator>>,
    parallel: {
      branches: f.orElse(f.mapping(f.list(f.text)), emptyMapping),
      branch_workflows: f.orElse(f.mapping(workflow), emptyMapping),
      timeout: f.nullable(f.integer),
    } satisfies f.Fields<Own<ParallelOperator>>,
    foreach: {
      items: f.text,
      loop_body: body,
      parallel: f.orElse(f.boolean, () => false),
    } satisfies f.Fields<Own<ForeachOperator>>,
    while: { condition: f.text, loop_body: body } satisfies f.Fields<Own<WhileOperator>>,
    emit_event: { event_name: f.text, payload: freeMapping } satisfies f.Fields<
      Own<EmitEventOperator>
    >,
    wait_for_event: {
      event_name: f.text,
      timeout_seconds: f.nullable(f.integer),
    } satisfies f.Fields<Own<WaitForEventOperator>>,
    switch: {
      switch_on: f.text,
      cases,
      default: nullableText,
    } satisfies f.Fields<Own<SwitchOperator>>,
    join: {
      join_tasks: f.list(f.text),
      join_mode: f.orElse(f.oneOf(JOIN_MODES), () => "all_of" as const),
    } satisfies f.Fields<Own<JoinOperator>>,
  };
}
