/** Lower-case canonical text of a UUID. Task and run ids are UUIDv7: their order is their order of creation. */
export type Uuid = string;

/**
 * A JSON value as the client layer reads and writes it. Integers beyond `Number.MAX_SAFE_INTEGER` are `bigint`, so
 * that they survive a round trip.
 */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };

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
