/** What every verb runs on: a `pg.Client` or `pg.PoolClient`, or a `pg.Pool` where one statement is enough. */
export interface Queryable {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
}

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
