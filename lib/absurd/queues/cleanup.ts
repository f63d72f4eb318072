import { callFeature } from "../connection/capabilities.ts";
import { requireInteger } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";

/**
 * A cleanup deletes tasks that ended and events emitted more than `ttlSeconds` ago, at most `limit` rows (default
 * 1000).
 */
export type CleanupOptions = { ttlSeconds: number; limit?: number };

/** Deletes one batch of tasks that ended more than `ttlSeconds` ago, oldest first, and returns their number. */
export function cleanupTasks(
  db: Queryable,
  queue: string,
  options: CleanupOptions,
): Promise<number> {
  return cleanup(db, "cleanup_tasks", queue, options);
}

/**
 * Deletes one batch of events emitted more than `ttlSeconds` ago, oldest first, and returns their number. This
 * includes the engine's placeholders for events that are awaited but not emitted; their waiters still wake.
 */
export function cleanupEvents(
  db: Queryable,
  queue: string,
  options: CleanupOptions,
): Promise<number> {
  return cleanup(db, "cleanup_events", queue, options);
}

async function cleanup(
  db: Queryable,
  operation: "cleanup_tasks" | "cleanup_events",
  queue: string,
  { ttlSeconds, limit = 1000 }: CleanupOptions,
): Promise<number> {
  requireInteger("ttlSeconds", ttlSeconds, 0);
  requireInteger("limit", limit, 0);
  const [row] = await call<{ deleted: number }>(
    db,
    `select absurd.${operation}($1, $2, $3) as deleted`,
    [queue, ttlSeconds, limit],
    { queue },
  );
  return row?.deleted ?? 0;
}

/** The numbers of rows that `cleanupAllQueues` deleted from one queue. */
export type QueueCleanup = { queueName: string; tasksDeleted: number; eventsDeleted: number };

/**
 * Cleans up every queue, or the named one, by its own policy, one batch per queue. To drain a backlog, repeat it until
 * it deletes nothing.
 *
 * @throws QueueNotFoundError when the named queue does not exist.
 */
export async function cleanupAllQueues(
  db: Queryable,
  options: { queueName?: string } = {},
): Promise<QueueCleanup[]> {
  const rows = await callFeature<{
    queue_name: string;
    tasks_deleted: number;
    events_deleted: number;
  }>(
    db,
    "queue policies",
    "select queue_name, tasks_deleted, events_deleted from absurd.cleanup_all_queues($1)",
    [options.queueName ?? null],
    { operation: "cleanup_all_queues" },
  );
  return rows.map((row) => ({
    queueName: row.queue_name,
    tasksDeleted: row.tasks_deleted,
    eventsDeleted: row.events_deleted,
  }));
}
