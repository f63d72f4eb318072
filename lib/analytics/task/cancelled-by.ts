import { and, desc, eq, sql } from "drizzle-orm";
import { auditEntries } from "@/lib/db/dashboard-schema";
import { boolean } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import type { Database } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import type { TaskDetail } from "@/lib/model/task";

/**
 * Who cancelled a task through the dashboard, when and why, by its audit log; `null` if nothing is recorded or the
 * log cannot be read. A task is cancelled at most once: later attempts are refused.
 */
export async function findCancellation(
  db: Database,
  queue: string,
  taskId: Uuid,
): Promise<TaskDetail["cancelledBy"] | null> {
  if (!(await isReadable(db))) return null;
  const entries = auditEntries();
  const [entry] = await db
    .select({
      auditId: entries.auditId,
      at: entries.at,
      operator: entries.operator,
      reason: entries.reason,
      bulkId: entries.bulkId,
    })
    .from(entries)
    .where(
      and(
        eq(entries.taskId, taskId),
        eq(entries.queue, queue),
        eq(entries.action, "cancel task"),
        eq(entries.outcome, "done"),
      ),
    )
    .orderBy(desc(entries.auditId))
    .limit(1);
  return entry ?? null;
}

/** A statement on a missing or forbidden table would abort the whole read. */
async function isReadable(db: Database): Promise<boolean> {
  const [table] = await query(
    db,
    { readable: boolean },
    sql`
    select coalesce(has_schema_privilege('absurd_dashboard', 'usage') and has_table_privilege(id, 'select'), false)
      and (${getTenants() === null}::boolean or exists (
        select from pg_attribute where attrelid = id and attname = 'tenants'
      )) as readable
    from to_regclass('absurd_dashboard.audit_entry') as id
    where exists (select from pg_namespace where nspname = 'absurd_dashboard')`,
  );
  return table?.readable ?? false;
}
