import "server-only";
import { sql } from "drizzle-orm";
import { getCapabilities } from "@/lib/absurd/connection/capabilities";
import { getQueuePolicy, type QueuePolicy } from "@/lib/absurd/queues/queues";
import { integer } from "@/lib/db/decode";
import { getReadPool } from "@/lib/db/pools";
import { query } from "@/lib/db/query";
import { queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Count } from "@/lib/model/count";
import type { Iso } from "@/lib/model/instants";
import { uuidFloor } from "@/lib/model/key-range";
import type { Partitions, TableStorage } from "@/lib/model/rows/maintenance";
import { translateReadError } from "@/lib/model/sqlstate";
import { getPartitions } from "./queues/partitions";
import { listStorage } from "./queues/storage";
import { queueNotFound, refuseRestricted, withQueues } from "./scope/registry";

/** A queue's policy, its tables on disk and its partitions. */
export type QueueMaintenance = {
  storage: TableStorage[];
  /** `null` if the queue is not partitioned. */
  partitions: Partitions | null;
  /** `null` if the engine has no policies (before schema 0.4.0). */
  policy: QueuePolicy | null;
  engine: {
    /** `null` before schema 0.2.0. */
    version: string | null;
    /** Whether pg_cron is installed to run the engine's own maintenance. */
    cron: boolean;
  };
  now: Iso;
};

/**
 * A queue's policy, its tables on disk and its partitions. Bounded at any size: everything except the rows in
 * default partitions comes from the catalog.
 *
 * @throws ProblemError `queue_not_found` for an unknown name, `forbidden` if the dashboard is restricted to
 * tenants, and as `withQueues` does.
 */
export async function getQueueMaintenance(
  queue: string,
  options: ReadOptions = {},
): Promise<QueueMaintenance> {
  refuseRestricted("How a queue is kept", queue);
  const tables = await withQueues([queue], options, async ({ db, now, queues: [registered] }) => ({
    storage: await listStorage(db, queue),
    partitions: registered?.storageMode === "partitioned" ? await getPartitions(db, queue) : null,
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
    throw translateReadError(error);
  }
}

/** The maximum count, to bound its cost. */
const CAP = 10_000;

/** The time in a task's id and the time of its end come from different clocks. */
const CLOCK_SLACK_MS = 86_400_000;

/** The rows that a cleanup would delete now. */
export type CleanupPlan = {
  /** Tasks that ended and events that were emitted before this instant are deleted. */
  before: Iso;
  /** Deleted with their runs, checkpoints, waits and idempotency keys. */
  tasks: Count;
  events: Count;
  /** Part of `events`: rows that the engine keeps for events that were awaited and never emitted. */
  neverEmitted: Count;
  now: Iso;
};

/**
 * Counts what a cleanup with this time to live would delete from a queue, up to ten thousand of each kind. Tasks
 * are scanned oldest first up to the cutoff, so the cost is bounded by the cap and by old active tasks.
 *
 * @throws ProblemError as `withQueues` does; `timed_out` if too many old tasks are still active; `forbidden` if
 * the dashboard is restricted to tenants.
 */
export function previewCleanup(
  queue: string,
  ttlSeconds: number,
  options: ReadOptions = {},
): Promise<CleanupPlan> {
  refuseRestricted("What a cleanup would delete", queue);
  return withQueues([queue], options, async ({ db, now }) => {
    const { tasks, runs, events } = queueTables(queue);
    const cutoff = Date.parse(now) - ttlSeconds * 1_000;
    const before = new Date(Math.max(cutoff, 0)).toISOString();
    const capped = (rows: ReturnType<typeof sql>) =>
      sql`(select count(*)::int from (${rows} limit ${CAP + 1}::int) as found)`;
    const columns = { tasks: integer, events: integer, neverEmitted: integer };
    const rows = await query(
      db,
      columns,
      sql`
      select
        ${capped(sql`
          select from ${tasks} left join ${runs} on ${runs.runId} = ${tasks.lastAttemptRun}
          where ${tasks.taskId} < ${uuidFloor(cutoff + CLOCK_SLACK_MS)}::uuid
            and case ${tasks.state}
              when 'completed' then ${runs.completedAt}
              when 'failed' then ${runs.failedAt}
              when 'cancelled' then ${tasks.cancelledAt}
            end < ${before}::timestamptz`)} as tasks,
        ${capped(sql`select from ${events} where ${events.emittedAt} < ${before}::timestamptz`)} as events,
        ${capped(sql`
          select from ${events} where ${events.payload} is null
            and ${events.emittedAt} = to_timestamp(0) and ${events.emittedAt} < ${before}::timestamptz`)} as "neverEmitted"`,
    );
    const [found = { tasks: 0, events: 0, neverEmitted: 0 }] = rows;
    return {
      before,
      tasks: toCount(found.tasks),
      events: toCount(found.events),
      neverEmitted: toCount(found.neverEmitted),
      now,
    };
  });
}

function toCount(found: number): Count {
  return { value: Math.min(found, CAP), precision: found > CAP ? "capped" : "exact" };
}
