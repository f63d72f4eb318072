import { sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { RegisteredQueue } from "./registry";

/**
 * The tasks that were spawned under these keys, at most one a queue and key, by the index that keeps the keys unique:
 * that of the tasks, or in a partitioned queue a table of its own. Queues of schemas before 0.0.6 have no keys. An id of a
 * partitioned queue may be of a task that is gone.
 */
export async function findByIdempotencyKeys(
  db: Database,
  queues: RegisteredQueue[],
  keys: string[],
): Promise<Uuid[]> {
  const arms = queues
    .filter((queue) => queue.hasIdempotencyKey)
    .map(({ name, storageMode }) => {
      const { tasks, idempotencyKeys } = queueTables(name);
      const [table, id, key] =
        storageMode === "partitioned"
          ? [idempotencyKeys, idempotencyKeys.taskId, idempotencyKeys.key]
          : [tasks, tasks.taskId, tasks.idempotencyKey];
      return sql`select ${id} as id from ${table} where ${key} = any(${sql.param(keys)}::text[])`;
    });
  if (arms.length === 0) return [];
  const { rows } = await db.execute<{ id: Uuid }>(sql.join(arms, sql` union all `));
  return rows.map((row) => row.id);
}
