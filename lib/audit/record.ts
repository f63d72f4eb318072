import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call } from "@/lib/absurd/connection/sql";
import { AbsurdDbError } from "@/lib/absurd/errors";
import type { Tenants } from "@/lib/db/tenants";
import type { AuditOutcome } from "@/lib/model/audit";
import type { Uuid } from "@/lib/model/ids";
import type { JsonObject } from "@/lib/model/json";
import { SQLSTATE } from "@/lib/model/sqlstate";
import { concernedTenants } from "./concerned-tenants";
import { describeInput } from "./describe-input";

/** One thing that was done or tried. */
export type AuditRecord = {
  operator: string;
  /** The action's name, such as `cancel task`. */
  action: string;
  /** What the action was given; written down as `describeInput` says. */
  input: unknown;
  reason?: string | undefined;
  outcome: AuditOutcome;
  code?: string;
  message?: string;
  /** What the action answered; written down as `describeInput` says, payloads left out. */
  output?: unknown;
  bulkId?: Uuid;
  /** What it was restricted to; by default what this dashboard is. */
  tenants?: Tenants;
};

/** The dashboard's database role lacks rights on the record. */
export class AuditRefusedError extends Error {
  override readonly name = "AuditRefusedError";
}

/** Whether this database has the table of the record, which comes with `npm run db:migrate`; and one that knows tenants. */
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
 * Writes an entry on this connection: inside a transaction it lasts exactly when the transaction does.
 *
 * @returns false when the database has no table for it; nothing was written then.
 * @throws AuditRefusedError when the table is there and may not be written: what cannot be recorded shall not happen.
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

/** Results are shown to be followed, not to be proven: what was digested says nothing there. */
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
      throw new AuditRefusedError(
        "The dashboard's database role may not record what is done here.",
        { cause: error },
      );
    throw error;
  }
}
