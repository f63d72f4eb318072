import type { Json, JsonObject } from "../../model/json.ts";
import type { JoinMode, OpaqueType, TriggerRule } from "./vocabulary.ts";

/**
 * A workflow as it is written: snake_case keys in the order of the JSON form, durations and instants as normalised
 * ISO 8601 text. Fields of later releases stay on the objects they came with, after the ones named here.
 */
export type Workflow = {
  /** Lower-case letters, digits and single underscores, beginning with a letter. */
  name: string;
  /** Letters, digits, `.`, `-` and single underscores. */
  version: string;
  description: string;
  /** By task id. JavaScript lists ids that are whole numbers first; all others keep their order. */
  tasks: Record<string, Operator>;
  variables: JsonObject;
  /** `null` in branches: then it is the first one. */
  start_task: string | null;
  /** Cron with five fields, in UTC. */
  schedule: string | null;
  start_date: string | null;
  catchup: boolean;
  is_paused: boolean;
  tags: string[];
  max_active_runs: number;
  default_retry_policy: RetryPolicy | null;
};

/** How often and when a failed operator is tried again. */
export type RetryPolicy = {
  /** After the first try; 0 is none. */
  max_retries: number;
  /** Duration before the first retry. */
  delay: string;
  /** Retry n (from 0) waits delay × factor^n. */
  backoff_factor: number;
};

/** How long one attempt may take. */
export type TimeoutPolicy = {
  timeout: string;
  /** `false`: the attempt counts as failed, but its code may run on. */
  kill_on_timeout: boolean;
};

/** What every operator has. */
export type OperatorBase = {
  task_id: string;
  dependencies: string[];
  trigger_rule: TriggerRule;
  retry_policy: RetryPolicy | null;
  timeout_policy: TimeoutPolicy | null;
  idempotency_key: string | null;
  metadata: JsonObject;
  description: string;
  result_key: string | null;
  on_success_task_id: string | null;
  on_failure_task_id: string | null;
  is_internal_loop_task: boolean;
  is_internal_parallel_task: boolean;
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
  { items: string; loop_body: Operator[]; parallel: boolean }
>;
export type WhileOperator = OperatorOf<"while", { condition: string; loop_body: Operator[] }>;
export type EmitEventOperator = OperatorOf<
  "emit_event",
  { event_name: string; payload: JsonObject }
>;
export type WaitForEventOperator = OperatorOf<
  "wait_for_event",
  { event_name: string /** `null`: for ever. */; timeout_seconds: number | null }
>;
export type SwitchOperator = OperatorOf<
  "switch",
  { switch_on: string; cases: Record<string, string>; default: string | null }
>;
export type JoinOperator = OperatorOf<"join", { join_tasks: string[]; join_mode: JoinMode }>;

/** An operator of a kind this release does not execute. Its type may be any other text, too. */
export type OpaqueOperator = OperatorOf<OpaqueType>;

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
  | OpaqueOperator;

export type LoopOperator = ForeachOperator | WhileOperator;
export type RouterOperator = ConditionOperator | SwitchOperator;

export function isLoop(operator: Operator): operator is LoopOperator {
  return operator.operator_type === "foreach" || operator.operator_type === "while";
}

export function isRouter(operator: Operator): operator is RouterOperator {
  return operator.operator_type === "condition" || operator.operator_type === "switch";
}

/** Where a condition or switch can lead: ids with the words on the way, in the order they are written. */
export function listTargets(router: RouterOperator): { target: string; label: string }[] {
  if (router.operator_type === "condition")
    return [
      { target: router.if_true, label: "true" },
      { target: router.if_false, label: "false" },
    ].flatMap(({ target, label }) => (target ? [{ target, label }] : []));
  const cases = Object.entries(router.cases).map(([label, target]) => ({ target, label }));
  return router.default ? [...cases, { target: router.default, label: "default" }] : cases;
}
