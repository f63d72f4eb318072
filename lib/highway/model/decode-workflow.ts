import { type Pausing, workAtOnce } from "../../model/work/turns.ts";
import { fromEntries, listEntries } from "../language/key-order.ts";
import * as f from "./fields.ts";
import type { Problem } from "./problem.ts";
import { parseWaitFor } from "./wait-for.ts";
import {
  type ChoiceBranch,
  type CircuitBreakerPolicy,
  DEADLINE_ACTIONS,
  GUARD_CHECKS,
  type Guard,
  isOperatorType,
  JOIN_MODES,
  OPERATOR_TYPES,
  type Operator,
  type OperatorBase,
  type OperatorType,
  type RetryPolicy,
  TERMINATE_STATUSES,
  type TimeoutPolicy,
  TRIGGER_RULES,
  type Workflow,
} from "./workflow.ts";

/** Deeper documents are refused: decoding them could exhaust the stack. */
const MAX_DEPTH = 100;

/** Objects that an alias repeats count each time; documents that expand to more objects are refused. */
const MAX_OBJECTS = 500_000;

/**
 * Decodes a workflow from any value, such as parsed JSON or YAML: fills in defaults, normalises durations and
 * instants, keeps unknown fields. Without a `workflow`, `problems` state which value is missing or has the wrong
 * type. An operator of an unknown kind is kept unchanged and reported as a problem. Never throws.
 */
export function decodeWorkflow(value: unknown): DecodedWorkflow {
  return workAtOnce(decodeInTurns(value));
}

type DecodedWorkflow = { workflow?: Workflow; problems: Problem[] };

/** Like `decodeWorkflow`, with a pause after every few operators. */
export function* decodeInTurns(value: unknown): Pausing<DecodedWorkflow> {
  const problems: Problem[] = [];
  const place = new f.Place("", problems);
  const refusal = yield* measure(value);
  if (refusal) {
    place.error(...refusal);
    return { problems };
  }
  yield;
  yield* decodeTasksFirst(value, place);
  const workflow = workflowField(value, place);
  return problems.some(({ code }) => f.NO_MODEL.has(code)) ? { problems } : { workflow, problems };
}

/** The operators of a document's own tasks that are decoded already, by the mapping that they are in. */
const decoded = new WeakMap<object, Map<string, { operator: Operator; problems: Problem[] }>>();

/** Decodes the tasks of a document before the rest of it, since they take most of the time. */
function* decodeTasksFirst(value: unknown, document: f.Place): Pausing<void> {
  const tasks = f.isMapping(value) ? value.tasks : undefined;
  if (!f.isMapping(tasks)) return;
  const operators = new Map<string, { operator: Operator; problems: Problem[] }>();
  for (const [id, task] of listEntries(tasks)) {
    const problems: Problem[] = [];
    const place = document.member("tasks").member(id).collecting(problems);
    operators.set(id, { operator: taskField(id, task, place), problems });
    yield;
  }
  decoded.set(tasks, operators);
}

const emptyMapping = () => ({});
const text = f.orElse(f.text, () => "");
const nullableText = f.nullable(f.text);
const freeMapping = f.orElse(f.mapping(f.json), emptyMapping);
const no = f.orElse(f.boolean, () => false);

const retryPolicy = f.object<RetryPolicy>({
  max_retries: f.orElse(f.integer, () => 3),
  delay: f.orElse(f.duration, () => "PT5S"),
  backoff_factor: f.orElse(f.decimal, () => 2),
});

const timeoutPolicy = f.object<TimeoutPolicy>({
  timeout: f.duration,
  kill_on_timeout: f.orElse(f.boolean, () => true),
});

const breakerFields = f.object<CircuitBreakerPolicy>({
  failure_threshold: f.orElse(f.integerFrom(1), () => 5),
  success_threshold: f.orElse(f.integerFrom(1), () => 2),
  isolation_duration: f.orElse(f.duration, () => "PT30S"),
  catch_exceptions: f.nullable(f.list(f.text)),
  ignore_exceptions: f.nullable(f.list(f.text)),
});

/** `isolation_duration_seconds` is an alternative to `isolation_duration`, which takes precedence. */
const circuitBreakerPolicy: f.Field<CircuitBreakerPolicy> = (value, place) => {
  if (!f.isMapping(value)) return breakerFields(value, place);
  const { isolation_duration_seconds: seconds, ...rest } = value;
  if (seconds === undefined) return breakerFields(value, place);
  const isolation_duration = f.duration(
    f.number(seconds, place.member("isolation_duration_seconds")),
    place,
  );
  return breakerFields({ isolation_duration, ...rest }, place);
};

const guard: f.Field<Guard> = (value, place) => {
  const decoded = f.object<Guard>({
    variable: f.text,
    check: f.oneOf(
      GUARD_CHECKS,
      (check) => `Invalid check type '${check}'. Valid: ${GUARD_CHECKS.join(", ")}`,
    ),
    value: f.json,
    message: text,
  })(value, place);
  if (decoded.check === "in_range" && !(Array.isArray(decoded.value) && decoded.value.length === 2))
    place.member("value").error(f.SHAPE, "in_range check requires value=[min, max]");
  if (decoded.check === "in_set" && !Array.isArray(decoded.value))
    place.member("value").error(f.SHAPE, "in_set check requires value=[item1, item2, ...]");
  return decoded;
};
const guards = f.orElse(f.list(guard), () => []);

/** Fields of all operators, in order; the operator's type follows the id. */
const BASE: f.Fields<OperatorBase & { operator_type: unknown }> = {
  task_id: f.text,
  operator_type: (kind) => kind,
  dependencies: f.orElse(f.list(f.text), () => []),
  trigger_rule: f.orElse(f.oneOf(TRIGGER_RULES), () => "all_success" as const),
  retry_policy: f.nullable(retryPolicy),
  timeout_policy: f.nullable(timeoutPolicy),
  circuit_breaker_policy: f.nullable(circuitBreakerPolicy),
  idempotency_key: nullableText,
  metadata: freeMapping,
  description: text,
  result_key: nullableText,
  on_success_task_id: nullableText,
  on_failure_task_id: nullableText,
  is_internal_loop_task: no,
  is_internal_parallel_task: no,
  preconditions: guards,
  postconditions: guards,
};

const waitFor: f.Field<string> = (value, place) => {
  const parsed = parseWaitFor(value);
  if (parsed) return parsed.text;
  if (value === undefined) place.error(f.MISSING, "is missing; it must be a duration or a time");
  else
    place.error(
      f.SHAPE,
      `must be a duration or a time, but is ${f.describeType(value)}`,
      'such as "PT15M", "P1D", "2026-03-01T06:15:00Z" or a number of seconds',
    );
  return "PT0S";
};

type Own<Type extends OperatorType> = f.Fields<
  Omit<Extract<Operator, { operator_type: Type }>, keyof OperatorBase | "operator_type">
>;

const call: Own<"task"> & Own<"activity"> = {
  function: f.text,
  args: f.orElse(f.list(f.json), () => []),
  kwargs: freeMapping,
};
const loopBody = f.orElse(f.list(bodyOperator), () => []);
const branchWorkflows = f.orElse(f.mapping(workflowField), emptyMapping);

/** The fields that each kind of operator adds, in order. */
const OWN: { [Type in OperatorType]: Own<Type> } = {
  task: call,
  activity: call,
  condition: { condition: f.text, if_true: nullableText, if_false: nullableText },
  wait: { wait_for: waitFor },
  parallel: {
    branches: f.orElse(f.mapping(f.list(f.text)), emptyMapping),
    branch_workflows: branchWorkflows,
    timeout: f.nullable(f.integer),
  },
  foreach: { items: f.text, loop_body: loopBody, parallel: no, dynamic: no },
  while: { condition: f.text, loop_body: loopBody },
  emit_event: { event_name: f.text, payload: freeMapping },
  wait_for_event: { event_name: f.text, timeout_seconds: f.nullable(f.integer) },
  switch: {
    switch_on: f.text,
    cases: f.orElse(f.mapping(f.text), emptyMapping),
    default: nullableText,
  },
  join: {
    join_tasks: f.list(f.text),
    join_mode: f.orElse(f.oneOf(JOIN_MODES), () => "all_of" as const),
  },
  reflexive: {
    generator: f.text,
    generator_kwargs: freeMapping,
    verifier: f.text,
    verifier_kwargs: freeMapping,
    max_turns: f.orElse(f.integerFrom(1, 10), () => 3),
    correction_prompt_template: nullableText,
  },
  multi_choice: {
    branches: f.mapping(
      f.object<ChoiceBranch>({ condition: f.text, tasks: f.orElse(f.list(f.text), () => []) }),
    ),
    branch_workflows: branchWorkflows,
    minimum_branches: f.orElse(f.integerFrom(0), () => 1),
    timeout: f.nullable(f.integer),
  },
  terminate: {
    status: f.orElse(
      f.oneOf(
        TERMINATE_STATUSES,
        () => `Terminate status must be one of: ${TERMINATE_STATUSES.join(", ")}`,
      ),
      () => "completed" as const,
    ),
    result: freeMapping,
    reason: text,
  },
  child_workflow: {
    children: f.orElse(f.mapping(f.mapping(f.json)), emptyMapping),
    timeout_seconds: f.nullable(f.integer),
  },
};

const WORKFLOW: f.Fields<Workflow> = {
  name: f.text,
  version: f.orElse(f.version, () => "2.0.0"),
  description: text,
  tasks: f.orElse(tasksField, emptyMapping),
  variables: freeMapping,
  start_task: nullableText,
  schedule: nullableText,
  start_date: f.nullable(f.instant),
  catchup: no,
  is_paused: no,
  tags: f.orElse(f.list(f.text), () => []),
  max_active_runs: f.orElse(f.integer, () => 1),
  default_retry_policy: f.nullable(retryPolicy),
  deadline_seconds: f.nullable(f.integer),
  deadline_action: f.orElse(
    f.oneOf(
      DEADLINE_ACTIONS,
      (action) =>
        `deadline_action must be one of: ${DEADLINE_ACTIONS.join(", ")} (got '${action}')`,
    ),
    () => "fail" as const,
  ),
};

function workflowField(value: unknown, place: f.Place): Workflow {
  if (f.isMapping(value)) return f.decodeFields(WORKFLOW, value, place);
  place.error(
    f.SHAPE,
    `a workflow must be a mapping, but is ${f.describeType(value)}`,
    "write `name: …` and `tasks: …`",
  );
  return f.decodeFields(WORKFLOW, {}, new f.Place("", []));
}

function tasksField(value: unknown, place: f.Place): Record<string, Operator> {
  const known = f.isMapping(value) && place.path === "tasks" ? decoded.get(value) : undefined;
  const tasks = f.mapping(f.json)(value, place);
  const operators = listEntries(tasks).map(([id, task]): [string, Operator] => {
    const found = known?.get(id);
    if (!found) return [id, taskField(id, task, place.member(id))];
    place.add(found.problems);
    return [id, found.operator];
  });
  if (known && f.isMapping(value)) decoded.delete(value);
  return fromEntries(operators);
}

/** One of the tasks of a workflow. Its key is its id where it has none. */
function taskField(id: string, task: unknown, place: f.Place): Operator {
  if (!f.isMapping(task) || Object.hasOwn(task, "task_id")) return operatorField(task, place);
  place.warn("task_id_missing", "has no task_id; its key is used", `add task_id: ${id}`);
  return operatorField({ task_id: id, ...task }, place);
}

function bodyOperator(value: unknown, place: f.Place): Operator {
  const isBareTask =
    f.isMapping(value) &&
    !Object.hasOwn(value, "operator_type") &&
    Object.hasOwn(value, "function");
  return operatorField(isBareTask ? { ...value, operator_type: "task" } : value, place);
}

function operatorField(value: unknown, place: f.Place): Operator {
  if (!f.isMapping(value)) {
    place.error(f.SHAPE, `a task must be a mapping, but is ${f.describeType(value)}`);
    return operatorField({}, new f.Place("", []));
  }
  const type = Object.hasOwn(value, "operator_type") ? value.operator_type : undefined;
  if (!isOperatorType(type)) reportType(type, place.member("operator_type"));
  const fields = { ...BASE, ...(isOperatorType(type) && OWN[type]) } as f.Fields<Operator>;
  return f.decodeFields(fields, value, place, { open: !isOperatorType(type) });
}

/** The message matches the Python package, for parity. */
function reportType(type: unknown, place: f.Place): void {
  const isText = typeof type === "string";
  place.error(
    isText ? "unknown_operator" : type === undefined ? f.MISSING : f.SHAPE,
    `Unknown operator type: ${isText ? type : type === undefined ? "None" : f.describeType(type)}`,
    `use one of ${OPERATOR_TYPES.join(", ")}`,
  );
}

type Size = { depth: number; count: number };

/** An object whose members are being measured. */
type OpenObject = { of: object; members: unknown[]; next: number; size: Size };

/** How many objects are measured before a pause. */
const STRETCH = 2_000;

/** Why a value is too large to decode. A value that an alias repeats is visited once, but counted each time. */
function* measure(value: unknown): Pausing<[code: string, message: string] | undefined> {
  const tooDeep: [string, string] = [
    "too_deep",
    `is nested more than ${MAX_DEPTH} levels deep, or contains itself`,
  ];
  // An object that contains itself is met again while it is open.
  const sizes = new Map<object, Size | "open">();
  const open: OpenObject[] = [openObject([value])];
  let total = 0;
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (top.next === top.members.length) {
      open.pop();
      const around = open.at(-1);
      const size = { depth: top.size.depth + 1, count: top.size.count + 1 };
      sizes.set(top.of, size);
      if (around) add(around.size, size);
      else total = top.size.count;
      continue;
    }
    const member = top.members[top.next++];
    if (typeof member !== "object" || member === null) continue;
    const level = open.length - 1;
    const known = sizes.get(member);
    if (known === "open" || level + (known?.depth ?? 0) > MAX_DEPTH) return tooDeep;
    if (known) add(top.size, known);
    else {
      sizes.set(member, "open");
      open.push(openObject(member));
      if (sizes.size % STRETCH === 0) yield;
    }
  }
  if (total <= MAX_OBJECTS) return undefined;
  return ["too_large", `has more than ${MAX_OBJECTS} lists and mappings once aliases are expanded`];
}

function openObject(of: object): OpenObject {
  return { of, members: Object.values(of), next: 0, size: { depth: 0, count: 0 } };
}

function add(size: Size, member: Size): void {
  size.depth = Math.max(size.depth, member.depth);
  size.count += member.count;
}
