import type { Client, Pool } from "pg";

/** Resolves when another session waits for a lock that `holder` holds. */
export async function untilAwaited(pool: Pool, holder: Client): Promise<void> {
  const { rows: own } = await holder.query("select pg_backend_pid() as pid");
  const waiting = "select from pg_stat_activity where $1 = any (pg_blocking_pids(pid))";
  while ((await pool.query(waiting, [own[0].pid])).rows.length === 0);
}
