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

/** When a failed attempt is followed by the next one. Durations in seconds. */
export type RetryStrategy = {
  kind: "none" | "fixed" | "exponential";
  /** Delay before the second attempt; the engine's default is 60 for `fixed` and 30 for `exponential`. */
  baseSeconds?: number;
  /** Growth of the delay from one attempt to the next, for `exponential`; the engine's default is 2. */
  factor?: number;
  /** Upper bound of the delay, for `exponential`; the engine's default is one day (none before schema 0.5.0). */
  maxSeconds?: number;
};

/** When the engine cancels a task by itself, in whole seconds; checked whenever a worker polls the queue. */
export type CancellationRules = {
  /** From the spawn until the first start. */
  maxDelaySeconds?: number;
  /** From the first start to the end, sleeps and all attempts included. */
  maxDurationSeconds?: number;
};

/** How a task is to be executed. */
export type SpawnOptions = {
  /** Data that travels with the task and reaches its worker with every claim. */
  headers?: JsonObject;
  retryStrategy?: RetryStrategy;
  /** Attempts in all; 1 by default, which means no retry. `null` is without limit. */
  maxAttempts?: number | null;
  cancellation?: CancellationRules;
  /** A second spawn with the same key in this queue returns the first task, until a cleanup deletes that. */
  idempotencyKey?: string;
  /** The workflow run that the task belongs to; becomes the header `workflow_run_id`. */
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
  /** False when the idempotency key had a task already; that one is returned and nothing was changed. */
  created: boolean;
  /** As given; absent when none was. */
  workflowRunId?: Uuid;
};

/** No retry unless asked. The engine's own default is no limit. */
export const DEFAULT_MAX_ATTEMPTS = 1;

/**
 * Spawns a task: queued at once, to be claimed by the next free worker (a delayed start is not a feature of the
 * engine). `params` is `undefined` for none, which the engine stores as JSON null. The caller's objects are not
 * changed.
 *
 * With `ensureQueue` a missing queue is created and the spawn repeated, as a savepoint inside a caller's transaction.
 *
 * @throws InvalidArgumentError for a blank name, `maxAttempts` below 1, an unknown kind of retry, or fractional
 * seconds in `cancellation` (which would stop the whole queue). @throws InvalidRetryStrategyError when the engine does
 * not accept the strategy. @throws QueueNotFoundError. @throws UnsupportedByEngineError for an idempotency key before
 * schema 0.0.6.
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
  // All columns: `created` exists since schema 0.0.6 only.
  const [row] = await call<{
    task_id: Uuid | null;
    run_id: Uuid;
    attempt: number;
    created?: boolean;
  }>(db, "select * from absurd.spawn_task($1, $2, $3::jsonb, $4::jsonb)", values, { queue });
  if (!row?.task_id)
    throw new AbsurdDbError(
      "40001",
      "The task of this idempotency key was cleaned up meanwhile; try again.",
    );
  return {
    taskId: row.task_id,
    runId: row.run_id,
    attempt: row.attempt,
    created: row.created ?? true,
    ...(workflowRunId !== undefined && { workflowRunId }),
  };
}

/** The options in the engine's words, without what was not given. */
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

/** A retry strategy in the words of the engine. */
export function engineStrategy(strategy: RetryStrategy): JsonObject {
  const { kind, baseSeconds, factor, maxSeconds } = strategy;
  requireOneOf("The kind of retry", kind, ["none", "fixed", "exponential"]);
  return {
    kind,
    ...numbers(requireQuantity, { base_seconds: baseSeconds, factor, max_seconds: maxSeconds }),
  };
}

/** Cancellation rules in the words of the engine, which reads whole seconds only. */
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
