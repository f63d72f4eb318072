import "server-only";
import { sql } from "drizzle-orm";
import { queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { readQueues } from "./registry";
import type { TerminalCounts } from "./terminal-counts";

/** Whoever asks for an exact count is ready to wait longer than for a page, in milliseconds. */
const PATIENCE = 120_000;

/**
 * How many tasks of a queue have ended, of some tenants or of all, by how they ended: every row is read, so this takes time on a large queue. It
 * ends with its signal, or after two minutes.
 *
 * @throws ReadError what `readQueues` throws; `timed_out` after two minutes.
 */
export function countTerminalTasksExactly(
  queue: string,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<TerminalCounts & { now: Iso }> {
  return readQueues([queue], options, async ({ db, now }) => {
    await db.execute(sql.raw(`set local statement_timeout = ${PATIENCE}`));
    const { tasks } = queueTables(queue, tenant);
    const rows = await db
      .select({ state: tasks.state, count: sql<number>`count(*)::float8` })
      .from(tasks)
      .groupBy(tasks.state);
    const of = (state: string) => ({
      value: rows.find((row) => row.state === state)?.count ?? 0,
      precision: "exact" as const,
    });
    return { completed: of("completed"), failed: of("failed"), cancelled: of("cancelled"), now };
  });
}
