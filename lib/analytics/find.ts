import "server-only";
import { sql } from "drizzle-orm";
import type { Uuid } from "@/lib/absurd/types";
import { queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import { readQueues } from "./registry";
import type { Found } from "./types";

/**
 * Where a task or run with this id lives, over all readable queues, by primary keys. Nothing is not an error.
 *
 * @throws ReadError what `readQueues` throws.
 */
export function findById(id: Uuid, options: ReadOptions = {}): Promise<Found[]> {
  return readQueues([], options, async ({ db, queues }) => {
    if (queues.length === 0) return [];
    const arms = queues.flatMap(({ name }) => {
      const { tasks, runs } = queueTables(name);
      return [
        sql`select 'task' as "kind", ${name}::text as "queue", ${tasks.taskId} as "taskId", null::uuid as "runId",
            null::integer as "attempt", ${tasks.name} as "name", ${tasks.state} as "state"
          from ${tasks} where ${tasks.taskId} = ${id}::uuid`,
        sql`select 'run', ${name}::text, ${runs.taskId}, ${runs.runId}, ${runs.attempt}, ${tasks.name}, ${tasks.state}
          from ${runs} join ${tasks} on ${tasks.taskId} = ${runs.taskId} where ${runs.runId} = ${id}::uuid`,
      ];
    });
    return (await db.execute<Found>(sql.join(arms, sql` union all `))).rows;
  });
}
