import "server-only";
import { getCapabilities } from "@/lib/absurd/capabilities";
import { getQueuePolicy, type QueuePolicy } from "@/lib/absurd/queues";
import { getReadPool } from "@/lib/db/pools";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { queueNotFound, refuseRestricted, toReadError } from "./errors";
import { type Partitions, readPartitions } from "./partitions";
import { readQueues } from "./registry";
import { readStorage, type TableStorage } from "./storage";

/** How a queue is kept: its policy, its tables on disk and its partitions. */
export type QueueMaintenance = {
  storage: TableStorage[];
  /** `null` where the queue is not partitioned. */
  partitions: Partitions | null;
  /** `null` where the engine has no policies, which came with schema 0.4.0. */
  policy: QueuePolicy | null;
  engine: {
    /** `null` before schema 0.2.0. */
    version: string | null;
    /** Whether pg_cron is there to run the engine's own maintenance. */
    cron: boolean;
  };
  now: Iso;
};

/**
 * How a queue is kept. Bounded whatever its size: everything but the strays of default partitions is read from the
 * catalog.
 *
 * @throws ReadError `queue_not_found` for an unknown name, `forbidden` where the dashboard is restricted to tenants, and
 * what `readQueues` throws.
 */
export async function getQueueMaintenance(
  queue: string,
  options: ReadOptions = {},
): Promise<QueueMaintenance> {
  refuseRestricted("How a queue is kept");
  const tables = await readQueues([queue], options, async ({ db, now, queues: [registered] }) => ({
    storage: await readStorage(db, queue),
    partitions: registered?.storageMode === "partitioned" ? await readPartitions(db, queue) : null,
    now,
  }));
  try {
    const pool = getReadPool();
    const { features, schemaVersion, cron } = await getCapabilities(pool);
    const policies = features.has("queue policies");
    const policy = policies ? await getQueuePolicy(pool, queue) : null;
    if (policies && !policy) throw queueNotFound(queue);
    return { ...tables, policy, engine: { version: schemaVersion ?? null, cron } };
  } catch (error) {
    throw toReadError(error);
  }
}
