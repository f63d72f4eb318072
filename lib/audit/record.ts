import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call } from "@/lib/absurd/connection/sql";
import { AbsurdDbError } from "@/lib/absurd/errors";
import type { Tenants } from "@/lib/db/tenants";
import type { AuditOutcome } from "@/lib/model/audit";
import type { Uuid } from "@/lib/model/ids";
import type { JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import { SQLSTATE } from "@/lib/model/sqlstate";
import { concernedTenants } from "./concerned-tenants";
import { describeInput } from "./describe-input";

/** One action, done or attempted. */
export type AuditRecord = {
  operator: string;
  /** The action's name, such as `cancel task`. */
  action: string;
  /** The action's input; stored as `describeInput` describes it. */
  input: unknown;
  reason?: string | undefined;
  outcome: AuditOutcome;
  code?: string;
  message?: string;
  /** The action's result; stored likewise, without payloads. */
  output?: unknown;
  bulkId?: Uuid;
  /** The tenants it was restricted to; default: those of this dashboard. */
  tenants?: Tenants;
};

/** Whether the audit table is installed (`npm run db:migrate`), and whether it has the column `tenants`. */
async function findTable(db: Queryable): Promise<{ installed: boolean; tenants: boolean }> {
  const [row] = await writing(() =>
    call<{ installed: boolean; tenants: boolean }>(
      db,
      `select to_regclass('absurd_dashboard.audit_entry') is not null as installed,
              exists (select from pg_attribute
                       where attrelid = to_regclass('absurd_dashboard.audit_entry')
                         and attname = 'tenants') as tenants`,
    ),
  );
  return row ?? { installed: false, tenants: false };
}

/**
 * Writes an entry on this connection, so inside a transaction it commits or rolls back with it.
 *
 * @returns false when the audit table is not installed; nothing was written.
 * @throws ProblemError `forbidden` when the table may not be written: an action that cannot be recorded must not happen.
 */
export async function recordAudit(db: Queryable, record: AuditRecord): Promise<boolean> {
  const table = await findTable(db);
  if (!table.installed) return false;
  const tenants = table.tenants ? await concernedTenants(db, record) : null;
  const { queue, taskId, runId, bulkId, reason: _, ...parameters } = describeInput(record.input);
  const { bulkId: started, ...result } = withoutDigests(describeInput(record.output));
  await writing(() =>
    call(
      db,
      `insert into absurd_dashboard.audit_entry (operator, action, queue, task_id, run_id,
         parameters, reason, outcome, code, message, result, bulk_id${tenants ? ", tenants" : ""})
       values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11::jsonb, $12${tenants ? ", $13" : ""})`,
      [
        record.operator,
        record.action,
        queue ?? result.queue ?? null,
        taskId ?? result.taskId ?? null,
        runId ?? result.runId ?? null,
        JSON.stringify(parameters),
        record.reason ?? null,
        record.outcome,
        record.code ?? null,
        record.message ?? null,
        JSON.stringify(result),
        record.bulkId ?? bulkId ?? started ?? null,
        ...(tenants ? [tenants] : []),
      ],
    ),
  );
  return true;
}

/** Results are stored as links to follow; a digest of a text is no use there. */
function withoutDigests(result: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(result).filter(([, value]) => typeof value !== "object" || value === null),
  );
}

async function writing<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof AbsurdDbError && error.code === SQLSTATE.insufficientPrivilege)
      throw new ProblemError(
        {
          code: "forbidden",
          message: "The dashboard's database role may not write the audit log.",
          hint: "Grant it usage on schema absurd_dashboard, and select and insert on its tables.",
        },
        { cause: error },
      );
    throw error;
  }
}
