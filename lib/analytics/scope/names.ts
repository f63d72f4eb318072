import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/** The number of characters of a name that lists show: the engine accepts names of any length. */
const SHOWN_NAME = 500;

/** A name of a task, worker or event as lists show it: three dots replace all beyond 500 characters. */
export function shownName(name: SQLWrapper): SQL {
  return sql`case when length(${name}) > ${sql.raw(`${SHOWN_NAME}`)} then left(${name}, ${sql.raw(`${SHOWN_NAME}`)}) || '...' else ${name} end`;
}
