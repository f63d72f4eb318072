import type { Json, JsonObject } from "../../model/json.ts";
import { Duration, formatDuration, parseDuration } from "../model/duration.ts";
import type {
  CircuitBreakerPolicy,
  Guard,
  GuardCheck,
  OperatorBase,
  RetryPolicy,
  TerminateStatus,
  TimeoutPolicy,
  TriggerRule,
} from "../model/workflow.ts";

/** A call that a builder cannot carry out. */
export class WorkflowBuildError extends Error {
  override readonly name: string = "WorkflowBuildError";
}

/** A call that would change nothing, such as `retry` after a wait. */
export class NoEffectError extends WorkflowBuildError {
  override readonly name = "NoEffectError";
}

/** Seconds, ISO 8601 text, or a `Duration`. */
export type DurationLike = Duration | number | string;

export type RetryOptions = {
  /** After the first attempt; 3 by default. */
  maxRetries?: number;
  /** Before the first retry; 5 seconds by default. */
  delay?: DurationLike;
  /** 2 by default: each delay is twice the previous one. */
  backoffFactor?: number;
};

export type TimeoutOptions = {
  timeout: DurationLike;
  /** `true` by default. */
  killOnTimeout?: boolean;
};

export type CircuitBreakerOptions = {
  /** Consecutive failures that open the circuit; 5 by default. */
  failureThreshold?: number;
  /** Successes that close it; 2 by default. */
  successThreshold?: number;
  /** 30 seconds by default. */
  isolationDuration?: DurationLike;
  /** Names of the errors that count; all by default. */
  catchExceptions?: readonly string[];
  /** Names of errors that never count. */
  ignoreExceptions?: readonly string[];
};

export type GuardOptions = { variable: string; check: GuardCheck; value?: Json; message?: string };

/** Options of every operator. */
export type OperatorOptions = {
  /** The operators it waits for; by default the operator added before. An empty list means none. */
  dependencies?: readonly string[];
  /** The same as `dependencies`, which takes precedence if both are given. */
  dependsOn?: readonly string[];
  /** The same as `dependencies: []`. */
  root?: boolean;
  triggerRule?: TriggerRule;
  retryPolicy?: RetryOptions;
  timeoutPolicy?: TimeoutOptions;
  circuitBreakerPolicy?: CircuitBreakerOptions;
  idempotencyKey?: string;
  metadata?: JsonObject;
  description?: string;
  resultKey?: string;
  onSuccess?: string;
  onFailure?: string;
  preconditions?: readonly GuardOptions[];
  postconditions?: readonly GuardOptions[];
};

export type CallOptions = OperatorOptions & { args?: Json[]; kwargs?: JsonObject };
export type ParallelOptions = OperatorOptions & { /** Seconds. */ timeout?: number };
export type ReflexiveOptions = OperatorOptions & {
  generatorKwargs?: JsonObject;
  verifierKwargs?: JsonObject;
  /** The number of generations, 1 to 10; 3 by default. */
  maxTurns?: number;
  correctionPromptTemplate?: string;
};
export type ChoiceOptions = OperatorOptions & {
  /** 1 by default. */
  minimumBranches?: number;
  /** Seconds. */
  timeout?: number;
};
export type TerminateOptions = OperatorOptions & {
  /** `completed` by default. */
  status?: TerminateStatus;
  result?: JsonObject;
  reason?: string;
};
export type ChildrenOptions = OperatorOptions & { timeoutSeconds?: number };
export type ParallelWithJoinOptions = ParallelOptions & {
  /** How long the join waits; 300 by default. */
  timeoutSeconds?: number;
  /** `<id>_results` by default. */
  joinResultKey?: string;
};

const KNOWN: readonly string[] = [
  "dependencies",
  "dependsOn",
  "root",
  "triggerRule",
  "retryPolicy",
  "timeoutPolicy",
  "circuitBreakerPolicy",
  "idempotencyKey",
  "metadata",
  "description",
  "resultKey",
  "onSuccess",
  "onFailure",
  "preconditions",
  "postconditions",
] satisfies (keyof OperatorOptions)[];

/** The base fields of an operator, in order. `own` names further options. @throws WorkflowBuildError. */
export function baseFields(
  options: OperatorOptions,
  own: readonly string[],
): Omit<OperatorBase, "task_id" | "dependencies"> {
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key) && !own.includes(key));
  if (unknown !== undefined)
    throw new WorkflowBuildError(
      `There is no option '${unknown}' here; there are ${[...KNOWN, ...own].join(", ")}.`,
    );
  const { circuitBreakerPolicy: breaker } = options;
  return {
    trigger_rule: options.triggerRule ?? "all_success",
    retry_policy: options.retryPolicy ? toRetryPolicy(options.retryPolicy) : null,
    timeout_policy: options.timeoutPolicy ? toTimeoutPolicy(options.timeoutPolicy) : null,
    circuit_breaker_policy: breaker ? toCircuitBreakerPolicy(breaker) : null,
    idempotency_key: options.idempotencyKey ?? null,
    metadata: options.metadata ?? {},
    description: options.description ?? "",
    result_key: options.resultKey ?? null,
    on_success_task_id: options.onSuccess ?? null,
    on_failure_task_id: options.onFailure ?? null,
    is_internal_loop_task: false,
    is_internal_parallel_task: false,
    preconditions: (options.preconditions ?? []).map(toGuard),
    postconditions: (options.postconditions ?? []).map(toGuard),
  };
}

/** The policy with its defaults: 3 retries, 5 s before the first, each delay twice the previous one. */
export function toRetryPolicy(options: RetryOptions): RetryPolicy {
  return {
    max_retries: options.maxRetries ?? 3,
    delay: toIso(options.delay ?? 5),
    backoff_factor: options.backoffFactor ?? 2,
  };
}

/** The policy with its default, which kills on timeout. */
export function toTimeoutPolicy(options: TimeoutOptions): TimeoutPolicy {
  return { timeout: toIso(options.timeout), kill_on_timeout: options.killOnTimeout ?? true };
}

function toCircuitBreakerPolicy(options: CircuitBreakerOptions): CircuitBreakerPolicy {
  const { catchExceptions, ignoreExceptions } = options;
  return {
    failure_threshold: options.failureThreshold ?? 5,
    success_threshold: options.successThreshold ?? 2,
    isolation_duration: toIso(options.isolationDuration ?? 30),
    catch_exceptions: (catchExceptions as string[] | undefined) ?? null,
    ignore_exceptions: (ignoreExceptions as string[] | undefined) ?? null,
  };
}

/** The guard with its defaults: a `null` value and an empty message. */
export function toGuard({ variable, check, value = null, message = "" }: GuardOptions): Guard {
  return { variable, check, value, message };
}

/** @throws WorkflowBuildError for text that is not a duration. */
export function toIso(duration: DurationLike): string {
  if (duration instanceof Duration) return duration.toISO();
  const seconds = parseDuration(duration);
  if (seconds === undefined) throw new WorkflowBuildError(`'${duration}' is not a duration.`);
  return formatDuration(seconds);
}
