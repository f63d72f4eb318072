import { call, queueTable } from "./sql.ts";
import type { Queryable } from "./types.ts";

/**
 * Whether the event's row was written by the transaction this runs in. After `emitEvent` it tells an emit that counted
 * from one that came second: the engine answers both alike. Not for use behind a savepoint.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function wasEmittedHere(
  db: Queryable,
  queue: string,
  eventName: string,
): Promise<boolean> {
  const [row] = await call<{ here: boolean }>(
    db,
    `select xmin::text = (pg_current_xact_id()::text::numeric % 4294967296)::text as here
       from ${queueTable("e", queue)} where event_name = $1`,
    [eventName],
    { queue },
  );
  return row?.here ?? false;
}
