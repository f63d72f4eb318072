/** Lower-case canonical text of a UUID. Task and run ids are UUIDv7: their order is their order of creation. */
export type Uuid = string;

/**
 * A JSON value as the client layer reads and writes it. Integers beyond `Number.MAX_SAFE_INTEGER` are `bigint`, so
 * that they survive a round trip. Where a column may also be SQL NULL, `undefined` stands for SQL NULL and `null` for
 * the JSON value null.
 */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** A point in time of the database, to the millisecond; `"infinity"` is PostgreSQL's, as for a wait without timeout. */
export type Instant = Date | "infinity";

/** What every verb runs on: a `pg.Client` or `pg.PoolClient`, or a `pg.Pool` where one statement is enough. */
export interface Queryable {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
}

/** The closed vocabulary of task and run states, in the order in which lists show them. */
export const TASK_STATES = [
  "pending",
  "running",
  "sleeping",
  "completed",
  "failed",
  "cancelled",
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** States in which a task still has work ahead of it. */
export const ACTIVE_STATES = ["pending", "running", "sleeping"] as const satisfies TaskState[];

/** How a queue stores its rows. */
export const STORAGE_MODES = ["unpartitioned", "partitioned"] as const;
export type StorageMode = (typeof STORAGE_MODES)[number];

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
