import { atomically } from "../connection/atomically.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call } from "../connection/sql.ts";
import { AbsurdDbError } from "../errors.ts";

/** After this time no other try is made. */
const PATIENCE_MS = 5_000;

/** SQLSTATEs of a lock that was not to be had, and of a deadlock with somebody who drops the queue without asking. */
const LOST = ["55P03", "40P01"];

/**
 * Takes, for the caller's transaction, every table that `drop_queue` takes, so that the drop itself waits for nobody.
 * Does nothing for a queue that is not registered.
 *
 * Lists read from a queue's tasks to its waits, a worker's calls begin with the run, the engine drops from the waits to
 * the tasks: no order of waiting suits all of them. So one table is waited for, while no other is held, and the others
 * have to be free then; where one is not, all are let go and another one is waited for. That way a reader or a worker
 * may be held up, but is never part of a deadlock. The row of the registry is taken before and kept, so that drops and
 * changes of the policy take turns.
 *
 * @throws AbsurdDbError `55P03` when the tables were not to be had in about five seconds, or in the session's
 * `lock_timeout` where that is longer; no table is held then.
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

/** Waits for the first one only. */
async function lockTables(tx: Queryable, [awaited, ...others]: string[]): Promise<void> {
  await call(tx, `lock table ${awaited} in access exclusive mode`);
  if (others.length > 0)
    await call(tx, `lock table ${others.join(", ")} in access exclusive mode nowait`);
}

/** The queue's tables that exist, as SQL text, in the order in which lists read them. */
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
