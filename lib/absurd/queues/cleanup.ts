import { callFeature } from "../connection/capabilities.ts";
import { requireInteger } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";

/** What one cleanup deletes: what ended or was emitted longer ago than this, `limit` at most (default 1000). */
export type CleanupOptions = { ttlSeconds: number; limit?: number };

/** Deletes tasks that ended longer than `ttlSeconds` ago, oldest first, and returns how many. One batch a call. */
export function cleanupTasks(
  db: Queryable,
  queue: string,
  options: CleanupOptions,
): Promise<number> {
  return cleanup(db, "cleanup_tasks", queue, options);
}

/**
 * Deletes events emitted longer than `ttlSeconds` ago, oldest first, and returns how many. One batch a call. It counts
 * and deletes also the engine's placeholders of events that are awaited but not emitted; their waiters still wake.
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

/** What `cleanupAllQueues` deleted from one queue. */
export type QueueCleanup = { queueName: string; tasksDeleted: number; eventsDeleted: number };

/**
 * Cleans up every queue, or the one named, by its own policy. One batch a queue: call it again until it deletes
 * nothing to drain a backlog.
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
