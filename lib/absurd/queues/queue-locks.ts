import { atomically } from "../connection/atomically.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";
import { AbsurdDbError } from "../errors.ts";

/** No new attempt starts after this time. */
const PATIENCE_MS = 5_000;

/** SQLSTATEs of an unavailable lock, and of a deadlock with a session that drops the queue without `lockQueue`. */
const LOST = ["55P03", "40P01"];

/**
 * Locks every table that `drop_queue` locks, until the end of the caller's transaction, so that the drop itself
 * never waits. Does nothing for an unregistered queue.
 *
 * Lists lock tables from tasks to waits, workers start with the run, and the engine drops from waits to tasks, so
 * no lock order suits all of them. Therefore this waits for one table while it holds no other, and takes the
 * others with NOWAIT. If one of them is locked, it releases all of them and waits for the next table. It may delay
 * a reader or worker but never deadlocks with one. The registry row is locked first and kept, so that drops and
 * policy changes run one after another.
 *
 * @throws AbsurdDbError `55P03` if the locks were not available within about five seconds, or within the session's
 * `lock_timeout` if that is longer. No table is locked then.
 */
export async function lockQueue(tx: Queryable, queue: string): Promise<void> {
  const tables = await listTables(tx, queue);
  if (tables.length === 0) return;
  const row = "select from absurd.queues where queue_name = $1 for update";
  if ((await call(tx, row, [queue])).length === 0) return;
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await atomically(tx, () => lockTables(tx, tables));
    } catch (error) {
      const lost = error instanceof AbsurdDbError && LOST.includes(error.code);
      if (!lost || Date.now() >= until) throw error;
      tables.push(...tables.splice(0, 1));
    }
  }
}

/** Waits for the first table only. */
async function lockTables(tx: Queryable, [awaited, ...others]: string[]): Promise<void> {
  await call(tx, `lock table ${awaited} in access exclusive mode`);
  if (others.length > 0)
    await call(tx, `lock table ${others.join(", ")} in access exclusive mode nowait`);
}

/** The queue's existing tables as SQL text, in the order in which lists lock them. */
async function listTables(tx: Queryable, queue: string): Promise<string[]> {
  const rows = await call<{ name: string }>(
    tx,
    `select to_regclass(format('absurd.%I', prefix || '_' || $1))::text as name
       from unnest(array['t', 'r', 'c', 'e', 'w', 'i']) with ordinality as list (prefix, place)
      where to_regclass(format('absurd.%I', prefix || '_' || $1)) is not null
      order by place`,
    [queue],
  );
  return rows.map(({ name }) => name);
}
