import { STORAGE_MODES, type StorageMode } from "../../model/queue.ts";
import { atomically } from "../connection/atomically.ts";
import { callFeature } from "../connection/capabilities.ts";
import { requireInteger, requireOneOf, requireQuantity } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";
import { lockQueue } from "./queue-locks.ts";

/** How the engine maintains a queue. Durations in seconds. */
export type QueuePolicy = {
  queueName: string;
  storageMode: StorageMode;
  /** Whether a default partition takes rows outside the weekly partitions (partitioned queues only). */
  defaultPartition: "enabled" | "disabled";
  /** How far ahead and back weekly partitions are created. */
  partitionLookaheadSeconds: number;
  partitionLookbackSeconds: number;
  /** How long ended tasks and emitted events are kept, and the batch size of a cleanup. */
  cleanupTtlSeconds: number;
  cleanupLimit: number;
  /** Whether empty partitions older than `detachMinAgeSeconds` may be detached. */
  detachMode: "none" | "empty";
  detachMinAgeSeconds: number;
};

/** The settings of a policy that can be changed. Settings left out keep their value. */
export type QueuePolicyChange = Partial<Omit<QueuePolicy, "queueName" | "storageMode">>;

/**
 * Creates a queue and its tables. On an existing queue it creates missing tables and partitions (since schema 0.4.0)
 * and keeps the policy.
 *
 * @throws EngineRefusalError when the name is empty or longer than 57 bytes, or when the queue exists with another
 * storage mode. @throws UnsupportedByEngineError for a partitioned queue before schema 0.4.0.
 */
export async function createQueue(
  db: Queryable,
  queue: string,
  options: { storageMode?: StorageMode } = {},
): Promise<void> {
  const { storageMode } = options;
  if (storageMode === undefined) {
    await call(db, "select absurd.create_queue($1)", [queue]);
    return;
  }
  requireOneOf("storageMode", storageMode, STORAGE_MODES);
  await callFeature(
    db,
    "queue policies",
    "select absurd.create_queue($1, $2)",
    [queue, storageMode],
    { operation: "storage modes" },
  );
}

/**
 * Drops a queue with all its tasks, runs, checkpoints and events, atomically. An unknown queue is not an error.
 * Waits for current readers and workers of the queue without deadlocks.
 *
 * @throws AbsurdDbError `55P03` if the queue's tables stayed locked for longer than `lockQueue` waits.
 */
export async function dropQueue(db: Queryable, queue: string): Promise<void> {
  await atomically(db, async (tx) => {
    await lockQueue(tx, queue);
    await call(tx, "select absurd.drop_queue($1)", [queue]);
  });
}

/** Lists the names of all queues, in alphabetical order. */
export async function listQueues(db: Queryable): Promise<string[]> {
  const rows = await call<{ queue_name: string }>(
    db,
    "select queue_name from absurd.list_queues()",
  );
  return rows.map((row) => row.queue_name);
}

/** Returns the maintenance policy of a queue, or `null` for an unknown queue. */
export async function getQueuePolicy(db: Queryable, queue: string): Promise<QueuePolicy | null> {
  const [row] = await callFeature<Record<string, string>>(
    db,
    "queue policies",
    `select queue_name, storage_mode, default_partition, cleanup_limit::text, detach_mode,
            extract(epoch from partition_lookahead)::text as partition_lookahead,
            extract(epoch from partition_lookback)::text as partition_lookback,
            extract(epoch from cleanup_ttl)::text as cleanup_ttl,
            extract(epoch from detach_min_age)::text as detach_min_age
       from absurd.get_queue_policy($1)`,
    [queue],
  );
  if (!row) return null;
  return {
    queueName: queue,
    storageMode: row.storage_mode as StorageMode,
    defaultPartition: row.default_partition as QueuePolicy["defaultPartition"],
    partitionLookaheadSeconds: Number(row.partition_lookahead),
    partitionLookbackSeconds: Number(row.partition_lookback),
    cleanupTtlSeconds: Number(row.cleanup_ttl),
    cleanupLimit: Number(row.cleanup_limit),
    detachMode: row.detach_mode as QueuePolicy["detachMode"],
    detachMinAgeSeconds: Number(row.detach_min_age),
  };
}

/**
 * Changes the maintenance policy of a queue. Settings left out keep their value.
 *
 * @throws QueueNotFoundError for an unknown queue. @throws EngineRefusalError for `defaultPartition` on an
 * unpartitioned queue, or when the default partition to be disabled holds rows.
 */
export async function setQueuePolicy(
  db: Queryable,
  queue: string,
  policy: QueuePolicyChange,
): Promise<void> {
  const seconds = (what: keyof QueuePolicyChange, value: number | undefined) => {
    if (value === undefined) return undefined;
    requireQuantity(what, value);
    return `${value} seconds`;
  };
  if (policy.cleanupLimit !== undefined) requireInteger("cleanupLimit", policy.cleanupLimit, 1);
  const change = {
    partition_lookahead: seconds("partitionLookaheadSeconds", policy.partitionLookaheadSeconds),
    partition_lookback: seconds("partitionLookbackSeconds", policy.partitionLookbackSeconds),
    cleanup_ttl: seconds("cleanupTtlSeconds", policy.cleanupTtlSeconds),
    cleanup_limit: policy.cleanupLimit,
    detach_mode: policy.detachMode,
    detach_min_age: seconds("detachMinAgeSeconds", policy.detachMinAgeSeconds),
    default_partition: policy.defaultPartition,
  };
  await callFeature(db, "queue policies", "select absurd.set_queue_policy($1, $2::jsonb)", [
    queue,
    JSON.stringify(change),
  ]);
}
