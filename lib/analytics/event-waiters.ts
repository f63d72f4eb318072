import "server-only";
import { eq, sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { EventWaiters } from "@/lib/model/event";
import { readQueues } from "./registry";

/**
 * The runs that wait for an event, the earliest time-out first, at most `limit` of them. A run whose time-out has
 * passed is among them until a worker claims it.
 *
 * @throws ReadError what `readQueues` throws. An event that nobody knows has no waiters.
 */
export function listWaiters(
  queue: string,
  name: string,
  { limit = 100, ...options }: ReadOptions & { limit?: number } = {},
): Promise<EventWaiters> {
  return readQueues([queue], options, async ({ db, now }) => {
    const { tasks, waits, tenantId } = queueTables(queue);
    const first = db
      .select({
        taskId: waits.taskId,
        runId: waits.runId,
        stepName: waits.stepName,
        createdAt: waits.createdAt,
        timeoutAt: waits.timeoutAt,
        total: sql<number>`count(*) over ()::int`.as("total"),
      })
      .from(waits)
      .where(eq(waits.eventName, name))
      .orderBy(waits.timeoutAt, waits.runId, waits.stepName)
      .limit(limit)
      .as("first");
    const rows = await db
      .select({
        taskId: first.taskId,
        runId: first.runId,
        taskName: tasks.name,
        tenantId: sql<string | null>`left(${tenantId}, 200)`,
        stepName: first.stepName,
        createdAt: first.createdAt,
        timeoutAt: first.timeoutAt,
        total: first.total,
      })
      .from(first)
      .innerJoin(tasks, eq(tasks.taskId, first.taskId))
      .orderBy(first.timeoutAt, first.runId, first.stepName);
    return { rows: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0, now };
  });
}
