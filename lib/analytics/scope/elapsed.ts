import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/**
 * Seconds between two instants as `numeric`, NULL if either is infinite or missing. A plain difference of instants
 * is an `interval`, which cannot hold all of them.
 */
export function secondsBetween(from: SQLWrapper, to: SQLWrapper): SQL {
  return sql`case when isfinite(${from}) and isfinite(${to})
    then extract(epoch from ${to}) - extract(epoch from ${from}) end`;
}
