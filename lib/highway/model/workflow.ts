/**
 * The workflow as it is written, version 2.2 of the language: snake_case keys in the order of the JSON form,
 * durations and instants as normalised ISO 8601 text. Unknown fields stay on their objects, after the known ones.
 */

import type { Json, JsonObject } from "../../model/json.ts";
import { listEntries } from "../language/key-order.ts";

/** The kinds of operator that the language defines, as written in `operator_type`. */
export const OPERATOR_TYPES = [
  "task",
  "condition",
  "wait",
  "parallel",
  "foreach",
  "switch",
  "while",
  "emit_event",
  "wait_for_event",
  "join",
  "activity",
  "reflexive",
  "multi_choice",
  "terminate",
  "child_workflow",
] as const;
export type OperatorType = (typeof OPERATOR_TYPES)[number];

export const JOIN_MODES = ["all_of", "any_of", "all_success", "one_success"] as const;
export type JoinMode = (typeof JOIN_MODES)[number];

export const TRIGGER_RULES = [
  "all_success",
  "all_done",
  "one_success",
  "one_done",
  "none_failed",
] as const;
export type TriggerRule = (typeof TRIGGER_RULES)[number];

/** The checks of guards, in alphabetical order, as in the Python package. */
export const GUARD_CHECKS = [
  "equals",
  "exists",
  "in_range",
  "in_set",
  "matches_regex",
  "not_equals",
  "not_null",
  "type_check",
] as const;
export type GuardCheck = (typeof GUARD_CHECKS)[number];

export const TERMINATE_STATUSES = ["cancelled", "completed", "failed"] as const;
export type TerminateStatus = (typeof TERMINATE_STATUSES)[number];

export const DEADLINE_ACTIONS = ["fail", "cancel"] as const;
export type DeadlineAction = (typeof DEADLINE_ACTIONS)[number];

export type Workflow = {
  /** Lower-case letters, digits and single underscores, starting with a letter. */
  name: string;
  /** Letters, digits, `.`, `-` and single underscores. */
  version: string;
  description: string;
  /** By task id. JavaScript lists ids that are whole numbers first; all others keep their order. */
  tasks: Record<string, Operator>;
  variables: JsonObject;
  /** `null` in branches, which start at their first operator. */
  start_task: string | null;
  /** Cron expression with five fields, in UTC. */
  schedule: string | null;
  start_date: string | null;
  catchup: boolean;
  is_paused: boolean;
  tags: string[];
  max_active_runs: number;
  default_retry_policy: RetryPolicy | null;
  /** Limit of a whole run, counted from its first start; `null` is no limit. */
  deadline_seconds: number | null;
  /** How a run that exceeds its deadline ends. */
  deadline_action: DeadlineAction;
};

/** How often and when a failed operator is retried. */
export type RetryPolicy = {
  /** Retries after the first attempt; 0 means none. */
  max_retries: number;
  /** Duration before the first retry. */
  delay: string;
  /** Retry n (from 0) waits delay × factor^n. */
  backoff_factor: number;
};

/** Timeout of one attempt. */
export type TimeoutPolicy = {
  timeout: string;
  /** If `false`, the attempt counts as failed, but its code may continue. */
  kill_on_timeout: boolean;
};

/** When calls of an operator are suspended because of repeated failures. */
export type CircuitBreakerPolicy = {
  /** Consecutive failures that open the circuit. */
  failure_threshold: number;
  /** Successes after the isolation that close the circuit. */
  success_threshold: number;
  /** Duration for which an open circuit makes no calls. */
  isolation_duration: string;
  /** Names of the errors that count; `null` counts all. */
  catch_exceptions: string[] | null;
  /** Names of errors that never count. */
  ignore_exceptions: string[] | null;
};

/** A condition on a value, checked before or after an operator. */
export type Guard = {
  /** A template or a bare path. */
  variable: string;
  check: GuardCheck;
  value: Json;
  /** The text of the failure; if empty, a text that names variable, check and value. */
  message: string;
};

/** Fields of every operator. */
export type OperatorBase = {
  task_id: string;
  dependencies: string[];
  trigger_rule: TriggerRule;
  retry_policy: RetryPolicy | null;
  timeout_policy: TimeoutPolicy | null;
  circuit_breaker_policy: CircuitBreakerPolicy | null;
  idempotency_key: string | null;
  metadata: JsonObject;
  description: string;
  result_key: string | null;
  on_success_task_id: string | null;
  on_failure_task_id: string | null;
  is_internal_loop_task: boolean;
  is_internal_parallel_task: boolean;
  preconditions: Guard[];
  postconditions: Guard[];
};

type OperatorOf<Type extends string, Own = unknown> = OperatorBase & { operator_type: Type } & Own;
type Call = { function: string; args: Json[]; kwargs: JsonObject };

export type TaskOperator = OperatorOf<"task", Call>;
export type ActivityOperator = OperatorOf<"activity", Call>;
export type ConditionOperator = OperatorOf<
  "condition",
  { condition: string; if_true: string | null; if_false: string | null }
>;
export type WaitOperator = OperatorOf<
  "wait",
  { /** A duration, an instant, or text such as a template. */ wait_for: string }
>;
export type ParallelOperator = OperatorOf<
  "parallel",
  {
    /** Ids by branch; in the older shape they are tasks of the same map as this operator. */
    branches: Record<string, string[]>;
    branch_workflows: Record<string, Workflow>;
    /** Whole seconds for all branches together. */
    timeout: number | null;
  }
>;
export type ForeachOperator = OperatorOf<
  "foreach",
  {
    items: string;
    loop_body: Operator[];
    parallel: boolean;
    /** Items may be added while the loop runs. */
    dynamic: boolean;
  }
>;
export type WhileOperator = OperatorOf<"while", { condition: string; loop_body: Operator[] }>;
export type EmitEventOperator = OperatorOf<
  "emit_event",
  { event_name: string; payload: JsonObject }
>;
export type WaitForEventOperator = OperatorOf<
  "wait_for_event",
  { event_name: string /** `null` waits without limit. */; timeout_seconds: number | null }
>;
export type SwitchOperator = OperatorOf<
  "switch",
  { switch_on: string; cases: Record<string, string>; default: string | null }
>;
export type JoinOperator = OperatorOf<"join", { join_tasks: string[]; join_mode: JoinMode }>;
/** Generates, verifies, and corrects until the verifier accepts. */
export type ReflexiveOperator = OperatorOf<
  "reflexive",
  {
    generator: string;
    generator_kwargs: JsonObject;
    verifier: string;
    verifier_kwargs: JsonObject;
    /** The maximum number of generations, including the first: 1 to 10. */
    max_turns: number;
    correction_prompt_template: string | null;
  }
>;
/** Runs every branch whose condition holds. */
export type MultiChoiceOperator = OperatorOf<
  "multi_choice",
  {
    branches: Record<string, ChoiceBranch>;
    branch_workflows: Record<string, Workflow>;
    /** The minimum number of branches to choose. */
    minimum_branches: number;
    /** Whole seconds for all chosen branches together. */
    timeout: number | null;
  }
>;
/** Without an entry in `branch_workflows`, `tasks` are operators of the same map. */
export type ChoiceBranch = { condition: string; tasks: string[] };
/** Ends the whole run. */
export type TerminateOperator = OperatorOf<
  "terminate",
  { status: TerminateStatus; result: JsonObject; reason: string }
>;
/** Runs other workflows, each as a separate run. */
export type ChildWorkflowOperator = OperatorOf<
  "child_workflow",
  {
    /** `{workflow_name, inputs}` by name. The language does not validate the contents; `checks` do. */
    children: Record<string, JsonObject>;
    /** Whole seconds for all children together. */
    timeout_seconds: number | null;
  }
>;

export type Operator =
  | TaskOperator
  | ActivityOperator
  | ConditionOperator
  | WaitOperator
  | ParallelOperator
  | ForeachOperator
  | WhileOperator
  | EmitEventOperator
  | WaitForEventOperator
  | SwitchOperator
  | JoinOperator
  | ReflexiveOperator
  | MultiChoiceOperator
  | TerminateOperator
  | ChildWorkflowOperator
  /** Reserved by the language. Like any unknown type it is kept and drawn, but never run. */
  | OperatorOf<"try_catch">;

export type LoopOperator = ForeachOperator | WhileOperator;
export type RouterOperator = ConditionOperator | SwitchOperator;
/** Operators whose branches are separate workflows. */
export type BranchingOperator = ParallelOperator | MultiChoiceOperator;

const OPERATOR_TYPE_SET: ReadonlySet<string> = new Set(OPERATOR_TYPES);

/** Whether the language defines this kind of operator. */
export function isOperatorType(type: unknown): type is OperatorType {
  return typeof type === "string" && OPERATOR_TYPE_SET.has(type);
}

/** Whether an operator repeats a body: `foreach` or `while`. */
export function isLoop(operator: Operator): operator is LoopOperator {
  return operator.operator_type === "foreach" || operator.operator_type === "while";
}

/** Whether an operator selects which of its targets run: `condition` or `switch`. */
export function isRouter(operator: Operator): operator is RouterOperator {
  return operator.operator_type === "condition" || operator.operator_type === "switch";
}

/** Whether an operator has named branches: `parallel` or `multi_choice`. */
export function isBranching(operator: Operator): operator is BranchingOperator {
  return operator.operator_type === "parallel" || operator.operator_type === "multi_choice";
}

/** Kinds whose failure may be temporary, so that they follow a retry policy; the others would only fail again. */
const RETRYABLE: ReadonlySet<string> = new Set([
  "task",
  "activity",
  "foreach",
  "while",
  "parallel",
  "wait_for_event",
  "reflexive",
  "child_workflow",
]);

/** Kinds that follow a timeout policy: the others end at once, or have a limit of their own. */
const LIMITED: ReadonlySet<string> = new Set([
  "task",
  "activity",
  "foreach",
  "while",
  "parallel",
  "wait_for_event",
  "reflexive",
  "multi_choice",
]);

export function followsRetryPolicy({ operator_type }: Operator): boolean {
  return RETRYABLE.has(operator_type);
}

export function followsTimeoutPolicy({ operator_type }: Operator): boolean {
  return LIMITED.has(operator_type);
}

/** Whether an operator calls functions, and so can be retried, time out and be isolated by a circuit breaker. */
export function isCall(
  operator: Operator,
): operator is TaskOperator | ActivityOperator | ReflexiveOperator {
  return ["task", "activity", "reflexive"].includes(operator.operator_type);
}

/** Targets of a condition or switch with the labels of their edges, in the order of the document. */
export function listTargets(router: RouterOperator): { target: string; label: string }[] {
  if (router.operator_type === "condition")
    return [
      { target: router.if_true, label: "true" },
      { target: router.if_false, label: "false" },
    ].flatMap(({ target, label }) => (target ? [{ target, label }] : []));
  const cases = listEntries(router.cases).map(([label, target]) => ({ target, label }));
  return router.default ? [...cases, { target: router.default, label: "default" }] : cases;
}
