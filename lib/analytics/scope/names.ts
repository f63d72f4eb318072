import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { SHOWN_NAME } from "@/lib/model/rows/shown-name";

/**
 * A name of a task, worker or event as lists show it: three dots and a digest of the whole name replace all beyond 500
 * characters, so that different names remain different. `isCutName` finds such names.
 */
export function shownName(name: SQLWrapper): SQL {
  const most = sql.raw(`${SHOWN_NAME}`);
  const digest = sql`left(encode(sha256(convert_to(${name}, 'UTF8')), 'hex'), 8)`;
  return sql`case when length(${name}) > ${most} then left(${name}, ${most}) || '... #' || ${digest} else ${name} end`;
}
