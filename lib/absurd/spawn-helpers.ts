import type { Json } from "../model/json.ts";
import type { AbsurdClient } from "./absurd-client.ts";
import { isQueryable } from "./bound-verb.ts";
import type { Queryable } from "./connection/queryable.ts";
import type { CancellationRules, RetryStrategy, SpawnedTask, SpawnOptions } from "./tasks/spawn.ts";

/** Spawns through a client, on the given connection or the client's own. */
export interface SpawnHelper<Options> {
  (
    client: AbsurdClient,
    db: Queryable,
    name: string,
    params?: Json,
    options?: Options,
  ): Promise<SpawnedTask>;
  (client: AbsurdClient, name: string, params?: Json, options?: Options): Promise<SpawnedTask>;
}

type Spawn<Options> = [name: string, params?: Json, options?: Options];

function spawnHelper<Options>(toSpawnOptions: (options?: Options) => SpawnOptions) {
  const helper = (
    client: AbsurdClient,
    ...args: Spawn<Options> | [db: Queryable, ...spawn: Spawn<Options>]
  ): Promise<SpawnedTask> => {
    const [first, ...rest] = args;
    if (!isQueryable(first)) {
      const [name, params, options] = args as Spawn<Options>;
      return client.spawnTask(name, params, toSpawnOptions(options));
    }
    const [name, params, options] = rest as Spawn<Options>;
    return client.spawnTask(first, name, params, toSpawnOptions(options));
  };
  return helper as SpawnHelper<Options>;
}

/** Retry options of `spawnRetryTask`. */
export type RetryTaskOptions = {
  /** Total attempts; 3 by default. */
  maxAttempts?: number;
  /** `exponential` by default. */
  kind?: RetryStrategy["kind"];
  /** 30 by default. */
  baseSeconds?: number;
  /** 2 by default; for `exponential`. */
  factor?: number;
  /** For `exponential`. */
  maxSeconds?: number;
};

/**
 * Spawns a task that is retried: by default three attempts, the second after 30 s, the third 60 s after the second
 * fails.
 *
 * @throws the errors of `spawnTask`.
 */
export const spawnRetryTask = spawnHelper<RetryTaskOptions>(
  ({ maxAttempts = 3, kind = "exponential", baseSeconds = 30, factor = 2, maxSeconds } = {}) => ({
    maxAttempts,
    retryStrategy: {
      kind,
      ...(kind !== "none" && { baseSeconds }),
      ...(kind === "exponential" && { factor }),
      ...(kind === "exponential" && maxSeconds !== undefined && { maxSeconds }),
    },
  }),
);

/**
 * Spawns a task that the engine cancels if it starts or ends too late. Zero is a valid limit.
 *
 * @throws the errors of `spawnTask`.
 */
export const spawnCancellableTask = spawnHelper<CancellationRules>((cancellation = {}) => ({
  cancellation,
}));
