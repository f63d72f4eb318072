import { QueueNotFoundError } from "./errors.ts";
import { call, queueTable } from "./sql.ts";
import type { Queryable } from "./types.ts";

/** What the tables of one queue have, whatever its registry row and the engine's version say. */
export type QueueCapabilities = {
  /** The task and run tables are split by week. */
  partitioned: boolean;
  /** Tasks have the column `idempotency_key`: since 0.0.6, in older queues once the engine was migrated. */
  idempotencyKey: boolean;
  /** Columns that a fork of the engine appends; the engine itself neither has nor misses them. */
  tenantId: boolean;
  lastHeartbeat: boolean;
};

/**
 * Looks at a queue's tables in the catalog, not at their rows.
 *
 * @throws QueueNotFoundError when the queue has no tables.
 */
export async function getQueueCapabilities(
  db: Queryable,
  queue: string,
): Promise<QueueCapabilities> {
  const [row] = await call<{ partitioned: boolean; columns: string[] }>(
    db,
    `select relkind = 'p' as partitioned,
            array(select attname::text from pg_attribute
                   where attrelid in (t.oid, to_regclass($2)) and not attisdropped) as columns
       from pg_class t where oid = to_regclass($1)`,
    [queueTable("t", queue), queueTable("r", queue)],
  );
  if (!row) throw new QueueNotFoundError(queue);
  return {
    partitioned: row.partitioned,
    idempotencyKey: row.columns.includes("idempotency_key"),
    tenantId: row.columns.includes("tenant_id"),
    lastHeartbeat: row.columns.includes("last_heartbeat"),
  };
}
