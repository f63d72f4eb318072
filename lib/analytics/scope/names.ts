import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { SHOWN_NAME } from "@/lib/model/rows/shown-name";

/**
 * A name of a task, worker or event as lists show it: three dots replace all beyond 500 characters. `isCutName` finds
 * such names.
 */
export function shownName(name: SQLWrapper): SQL {
  return sql`case when length(${name}) > ${sql.raw(`${SHOWN_NAME}`)} then left(${name}, ${sql.raw(`${SHOWN_NAME}`)}) || '...' else ${name} end`;
}
