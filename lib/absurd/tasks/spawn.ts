import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { atomically } from "../connection/atomically.ts";
import { requireFeature } from "../connection/capabilities.ts";
import { stringifyJson } from "../connection/json.ts";
import {
  jsonParameter,
  requireInteger,
  requireOneOf,
  requireQuantity,
  requireText,
} from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";
import { AbsurdDbError, QueueNotFoundError } from "../errors.ts";
import { createQueue } from "../queues/queues.ts";

/** The delay between a failed attempt and the next one. Durations in seconds. */
export type RetryStrategy = {
  kind: "none" | "fixed" | "exponential";
  /** Delay before the second attempt; the engine's default is 60 for `fixed` and 30 for `exponential`. */
  baseSeconds?: number;
  /** Factor between one delay and the next, for `exponential`; the engine's default is 2. */
  factor?: number;
  /** Upper bound of the delay, for `exponential`; the engine's default is one day (none before schema 0.5.0). */
  maxSeconds?: number;
};

/** Limits after which the engine cancels a task, in whole seconds. Checked whenever a worker polls the queue. */
export type CancellationRules = {
  /** From the spawn until the first start. */
  maxDelaySeconds?: number;
  /** From the first start to the end, sleeps and all attempts included. */
  maxDurationSeconds?: number;
};

/** Options of a spawn. */
export type SpawnOptions = {
  /** Data stored with the task and returned with every claim. */
  headers?: JsonObject;
  retryStrategy?: RetryStrategy;
  /** Total attempts; 1 by default, which means no retry. `null` means unlimited. */
  maxAttempts?: number | null;
  cancellation?: CancellationRules;
  /** A later spawn with the same key in this queue returns the first task, until a cleanup deletes it. */
  idempotencyKey?: string;
  /** The workflow run of the task, stored as header `workflow_run_id`. */
  workflowRunId?: Uuid;
  /** Create the queue (unpartitioned) when it does not exist. */
  ensureQueue?: boolean;
};

/** The task that was spawned, or found by its idempotency key. */
export type SpawnedTask = {
  taskId: Uuid;
  /** The latest attempt. */
  runId: Uuid;
  attempt: number;
  /** False if the idempotency key already has a task; that task is returned and nothing was changed. */
  created: boolean;
  /** As given. */
  workflowRunId?: Uuid;
};

/** No retry by default; the engine's own default is unlimited. */
export const DEFAULT_MAX_ATTEMPTS = 1;

/**
 * Spawns a task that a worker can claim at once; the engine has no delayed start. `params` of `undefined` are stored
 * as JSON null. The caller's objects are not modified.
 *
 * With `ensureQueue` a missing queue is created and the spawn repeated, in a savepoint inside the caller's
 * transaction.
 *
 * @throws InvalidArgumentError for a blank name, `maxAttempts` below 1, an unknown kind of retry, or fractional
 * seconds in `cancellation` (these would stop all claims of the queue). @throws InvalidRetryStrategyError when the
 * engine refuses the strategy. @throws QueueNotFoundError. @throws UnsupportedByEngineError for an idempotency key
 * before schema 0.0.6.
 */
export async function spawnTask(
  db: Queryable,
  queue: string,
  name: string,
  params?: Json,
  options: SpawnOptions = {},
): Promise<SpawnedTask> {
  requireText("The task's name", name);
  const values = [queue, name, jsonParameter(params), stringifyJson(engineOptions(options))];
  if (options.idempotencyKey !== undefined) await requireFeature(db, "idempotency keys");
  if (!options.ensureQueue) return spawn(db, queue, values, options);
  try {
    return await atomically(db, (tx) => spawn(tx, queue, values, options));
  } catch (error) {
    if (!(error instanceof QueueNotFoundError)) throw error;
  }
  return atomically(db, async (tx) => {
    await createQueue(tx, queue);
    return spawn(tx, queue, values, options);
  });
}

async function spawn(
  db: Queryable,
  queue: string,
  values: unknown[],
  { workflowRunId }: SpawnOptions,
): Promise<SpawnedTask> {
  // Column `created` exists since schema 0.0.6, so select all columns.
  const [row] = await call<{
    task_id: Uuid | null;
    run_id: Uuid;
    attempt: number;
    created?: boolean;
  }>(db, "select * from absurd.spawn_task($1, $2, $3::jsonb, $4::jsonb)", values, { queue });
  if (!row?.task_id)
    throw new AbsurdDbError(
      "40001",
      "The task of this idempotency key has just been cleaned up; try again.",
    );
  return {
    taskId: row.task_id,
    runId: row.run_id,
    attempt: row.attempt,
    created: row.created ?? true,
    ...(workflowRunId !== undefined && { workflowRunId }),
  };
}

/** The given options with the engine's keys. */
function engineOptions(options: SpawnOptions): JsonObject {
  const { maxAttempts = DEFAULT_MAX_ATTEMPTS, idempotencyKey } = options;
  if (maxAttempts !== null) requireInteger("maxAttempts", maxAttempts, 1);
  const headers = {
    ...options.headers,
    ...(options.workflowRunId !== undefined && { workflow_run_id: options.workflowRunId }),
  };
  return {
    max_attempts: maxAttempts,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(options.retryStrategy && { retry_strategy: engineStrategy(options.retryStrategy) }),
    ...(options.cancellation && { cancellation: engineRules(options.cancellation) }),
    ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
  };
}

/** A retry strategy with the engine's keys. */
export function engineStrategy(strategy: RetryStrategy): JsonObject {
  const { kind, baseSeconds, factor, maxSeconds } = strategy;
  requireOneOf("The kind of retry", kind, ["none", "fixed", "exponential"]);
  return {
    kind,
    ...numbers(requireQuantity, { base_seconds: baseSeconds, factor, max_seconds: maxSeconds }),
  };
}

/** Cancellation rules with the engine's keys. The engine accepts only whole seconds. */
export function engineRules({
  maxDelaySeconds,
  maxDurationSeconds,
}: CancellationRules): JsonObject {
  return numbers((what, value) => requireInteger(what, value, 0), {
    max_delay: maxDelaySeconds,
    max_duration: maxDurationSeconds,
  });
}

function numbers(
  check: (what: string, value: number) => void,
  values: Record<string, number | undefined>,
): Record<string, number> {
  const given: Record<string, number> = {};
  for (const [what, value] of Object.entries(values)) {
    if (value === undefined) continue;
    check(what, value);
    given[what] = value;
  }
  return given;
}
