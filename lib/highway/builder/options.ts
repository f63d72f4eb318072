import type { Json, JsonObject } from "../../model/json.ts";
import { Duration, formatDuration, parseDuration } from "../model/duration.ts";
import type { TriggerRule } from "../model/vocabulary.ts";
import type { OperatorBase, RetryPolicy, TimeoutPolicy } from "../model/workflow.ts";

/** What a builder was asked for and cannot do. */
export class WorkflowBuildError extends Error {
  override readonly name = "WorkflowBuildError";
}

/** Seconds, ISO 8601 text, or a `Duration`. */
export type DurationLike = Duration | number | string;

export type RetryOptions = {
  /** After the first try; 3 by default. */
  maxRetries?: number;
  /** Before the first retry; 5 seconds by default. */
  delay?: DurationLike;
  /** 2 by default: each delay is twice the one before. */
  backoffFactor?: number;
};

export type TimeoutOptions = {
  timeout: DurationLike;
  /** `true` by default. */
  killOnTimeout?: boolean;
};

/** What every operator can be given. */
export type OperatorOptions = {
  /** What it waits for. Left out or empty, it is the operator added before. */
  dependencies?: readonly string[];
  /** Begin a new chain: depend on nothing. */
  root?: boolean;
  triggerRule?: TriggerRule;
  retryPolicy?: RetryOptions;
  timeoutPolicy?: TimeoutOptions;
  idempotencyKey?: string;
  metadata?: JsonObject;
  description?: string;
  resultKey?: string;
  onSuccess?: string;
  onFailure?: string;
};

export type CallOptions = OperatorOptions & { args?: Json[]; kwargs?: JsonObject };

const KNOWN = [
  "dependencies",
  "root",
  "triggerRule",
  "retryPolicy",
  "timeoutPolicy",
  "idempotencyKey",
  "metadata",
  "description",
  "resultKey",
  "onSuccess",
  "onFailure",
];

/** The fields that all operators have, in their order, from what was given. @throws WorkflowBuildError. */
export function baseFields(
  options: OperatorOptions,
  own: readonly string[],
): Omit<OperatorBase, "task_id" | "dependencies"> {
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key) && !own.includes(key));
  if (unknown !== undefined)
    throw new WorkflowBuildError(
      `There is no option '${unknown}' here; there are ${[...KNOWN, ...own].join(", ")}.`,
    );
  return {
    trigger_rule: options.triggerRule ?? "all_success",
    retry_policy: options.retryPolicy ? toRetryPolicy(options.retryPolicy) : null,
    timeout_policy: options.timeoutPolicy ? toTimeoutPolicy(options.timeoutPolicy) : null,
    idempotency_key: options.idempotencyKey ?? null,
    metadata: options.metadata ?? {},
    description: options.description ?? "",
    result_key: options.resultKey ?? null,
    on_success_task_id: options.onSuccess ?? null,
    on_failure_task_id: options.onFailure ?? null,
    is_internal_loop_task: false,
    is_internal_parallel_task: false,
  };
}

export function toRetryPolicy(options: RetryOptions): RetryPolicy {
  return {
    max_retries: options.maxRetries ?? 3,
    delay: toIso(options.delay ?? 5),
    backoff_factor: options.backoffFactor ?? 2,
  };
}

export function toTimeoutPolicy(options: TimeoutOptions): TimeoutPolicy {
  return { timeout: toIso(options.timeout), kill_on_timeout: options.killOnTimeout ?? true };
}

/** @throws WorkflowBuildError for text that is no duration. */
export function toIso(duration: DurationLike): string {
  if (duration instanceof Duration) return duration.toISO();
  const seconds = parseDuration(duration);
  if (seconds === undefined) throw new WorkflowBuildError(`'${duration}' is not a duration.`);
  return formatDuration(seconds);
}
