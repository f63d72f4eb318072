import type { Pool } from "pg";
import { AGENTS, ORDERS, QUEUES } from "@/demo/queues";
import { queueTable } from "@/lib/absurd/connection/sql";
import { generateHistory } from "./generate";
import { writeHistory } from "./write";

/**
 * Writes two weeks of history into the demo's queues unless they already have tasks. All or nothing.
 *
 * @returns the number of tasks written; 0 if the queues had tasks.
 */
export async function ensureHistory(pool: Pool): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query(
      `select exists (select from ${queueTable("t", ORDERS)}) as "hasTasks",
              extract(epoch from clock_timestamp())::float8 * 1000 as now`,
    );
    const { hasTasks, now } = rows[0];
    const scenes = hasTasks ? [] : await generateHistory(now);
    let tasks = 0;
    for (const queue of hasTasks ? [] : QUEUES)
      tasks += await writeHistory(client, queue, scenes, { hasKeyTable: queue === AGENTS });
    await client.query("commit");
    // Otherwise row estimates would be missing until the first autovacuum.
    if (tasks > 0) await client.query("analyze");
    return tasks;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}
