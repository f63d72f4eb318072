import { createHmac } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { queueTable } from "@/lib/absurd/connection/sql";
import { WorkflowTableMissingError } from "@/lib/absurd/errors";
import { getTaskTenant } from "@/lib/absurd/tasks/tenants";
import { getWorkflowRunTenant } from "@/lib/absurd/workflow-runs/tenant";
import { dashboardTablesOfAllTenants } from "@/lib/db/dashboard-schema";
import { boolean, text } from "@/lib/db/decode";
import { deriveKey } from "@/lib/db/keys";
import { execute, query } from "@/lib/db/query";
import { getTenants, isAllowed, type Tenants } from "@/lib/db/tenants";
import { getViewer } from "@/lib/db/viewer";
import type { Uuid } from "@/lib/model/ids";
import type { Json, JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import type { AuditOutcome } from "@/lib/model/rows/audit";
import { findErrorCode, SQLSTATE } from "@/lib/model/sqlstate";

/** One action, done or attempted. */
export type AuditRecord = {
  operator: string;
  /** The action's name, such as `cancel task`. */
  action: string;
  /** The action's input; stored as `describeInput` returns it. */
  input: unknown;
  reason?: string | undefined;
  outcome: AuditOutcome;
  code?: string;
  message?: string;
  /** The action's result; stored like the input, without digests. */
  output?: unknown;
  bulkId?: Uuid;
  /** The tenants that it was restricted to; default: those of this dashboard. */
  tenants?: Tenants;
  /** The tenant of its target if the caller has it, `null` for none; default: looked up. */
  tenant?: string | null | undefined;
};

/**
 * Writes an entry on this connection; inside a transaction it commits or rolls back with it.
 *
 * In a database with another encoding than UTF-8, an entry with characters that it cannot store has `?` for each
 * character outside ASCII.
 *
 * @returns false if the audit table is not installed; then nothing was written.
 * @throws ProblemError `forbidden` if the database role may not write the table: an action that cannot be recorded
 * must not happen.
 */
export async function recordAudit(db: Queryable, record: AuditRecord): Promise<boolean> {
  return recordAuditBatch(db, [record]);
}

/** Like `recordAudit`, for the entries of a batch of a bulk operation: one statement for all of them, in order. */
export async function recordAuditBatch(
  db: Queryable,
  records: readonly AuditRecord[],
): Promise<boolean> {
  const table = await explainMissingRights(() => getTable(db));
  if (!table.installed) return false;
  const rows: Row[] = [];
  for (const record of records) {
    const tenants = table.tenants ? await listConcernedTenants(db, record) : null;
    rows.push(toRow(record, tenants));
  }
  const column = [
    table.tenants ? sql`, tenants` : sql``,
    table.actors ? sql`, door, subject, address` : sql``,
  ].reduce((all, one) => sql`${all}${one}`);
  const insert = (to: Queryable, entries: string) =>
    execute(
      to,
      sql`insert into ${dashboardTablesOfAllTenants.auditEntries}
            (operator, action, queue, task_id, run_id, parameters, reason, outcome, code, message, result, bulk_id${column})
          select operator, action, queue, task_id, run_id, parameters, reason, outcome, code, message, result, bulk_id${column}
            from jsonb_to_recordset(${entries}::jsonb) as entry (
              operator text, action text, queue text, task_id uuid, run_id uuid, parameters jsonb, reason text,
              outcome text, code text, message text, result jsonb, bulk_id uuid, tenants text[], door text, subject text, address text)`,
    );
  const entries = JSON.stringify(rows, storable);
  await explainMissingRights(async () => {
    if (table.unicode) return insert(db, entries);
    try {
      await atomically(db, (tx) => insert(tx, entries));
    } catch (error) {
      if (!UNSTORABLE.includes(findErrorCode(error) ?? "")) throw error;
      await insert(db, entries.replace(/\P{ASCII}/gu, "?"));
    }
  });
  return true;
}

/** SQLSTATEs of a text with characters that the database's encoding does not have. */
const UNSTORABLE: readonly string[] = [
  SQLSTATE.characterNotInRepertoire,
  SQLSTATE.untranslatableCharacter,
];

/** The columns of an entry. */
type Row = Record<string, Json | readonly string[]>;

function toRow(record: AuditRecord, tenants: Tenants): Row {
  const { queue, taskId, runId, bulkId, reason: _, ...parameters } = describeInput(record.input);
  const { bulkId: started, ...result } = omitDigests(describeInput(record.output));
  const { actor } = getViewer();
  return {
    operator: record.operator,
    action: record.action,
    queue: queue ?? result.queue ?? null,
    task_id: taskId ?? result.taskId ?? null,
    run_id: runId ?? result.runId ?? null,
    parameters,
    reason: record.reason ?? null,
    outcome: record.outcome,
    code: record.code ?? null,
    message: record.message ?? null,
    result,
    bulk_id: record.bulkId ?? bulkId ?? started ?? null,
    tenants,
    door: actor?.door ?? null,
    subject: actor?.subject ?? null,
    address: actor?.address ?? null,
  };
}

/** Replaces U+0000 and lone surrogates, which PostgreSQL cannot store in JSON. */
function storable(_: string, value: unknown): unknown {
  return typeof value === "string" ? value.replace(/[\0\p{Surrogate}]/gu, "\uFFFD") : value;
}

type Table = { installed: boolean; tenants: boolean; actors: boolean; unicode: boolean };

/**
 * Whether the audit table is installed (`absurd-dashboard migrate`), which columns of later versions it has, and
 * whether it can hold every character.
 */
async function getTable(db: Queryable): Promise<Table> {
  const [row] = await query(
    db,
    { installed: boolean, tenants: boolean, actors: boolean, unicode: boolean },
    sql`select to_regclass('absurd_dashboard.audit_entry') is not null as installed,
               ${hasColumn("tenants")} as tenants, ${hasColumn("subject")} as actors,
               getdatabaseencoding() = 'UTF8' as unicode`,
  );
  return row ?? { installed: false, tenants: false, actors: false, unicode: false };
}

function hasColumn(name: string): SQL {
  return sql`exists (select from pg_attribute
    where attrelid = to_regclass('absurd_dashboard.audit_entry') and attname = ${name})`;
}

async function explainMissingRights<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (findErrorCode(error) !== SQLSTATE.insufficientPrivilege) throw error;
    throw new ProblemError(
      {
        code: "forbidden",
        message: "The dashboard's database role may not write the audit log.",
        hint: "Grant it usage on schema absurd_dashboard, and select and insert on its tables.",
      },
      { cause: error },
    );
  }
}

/**
 * The tenants that an entry concerns: the tenant of its task, run or workflow run if that may be seen here,
 * otherwise those that the dashboard is restricted to. `null` (all tenants, or unknown): no restricted dashboard
 * shows the entry.
 */
async function listConcernedTenants(
  db: Queryable,
  record: Pick<AuditRecord, "input" | "output" | "tenants" | "tenant">,
): Promise<Tenants> {
  const restriction = record.tenants ?? getTenants(findQueue(record));
  const tenant =
    "tenant" in record
      ? record.tenant
      : await findTenant(db, { ...asObject(record.output), ...asObject(record.input) });
  if (tenant != null && isAllowed(restriction, tenant)) return [tenant];
  // In a queue outside the caller's scope no tenant is visible: an attempt there concerns those who see the queue.
  return restriction?.length === 0 ? null : restriction;
}

function findQueue({ input, output }: Pick<AuditRecord, "input" | "output">): string | undefined {
  const { queue } = { ...asObject(output), ...asObject(input) };
  return typeof queue === "string" ? queue : undefined;
}

/**
 * The tenant of an action's target; `undefined` if it is unknown, or if another transaction has locked a table
 * that has it: recording never waits for a lock.
 */
async function findTenant(
  db: Queryable,
  target: Record<string, unknown>,
): Promise<string | null | undefined> {
  const tables = await listTables(db, target);
  if (tables.length === 0) return undefined;
  const names = sql.raw(tables.join(", "));
  try {
    return await atomically(db, async (tx) => {
      await execute(tx, sql`lock table ${names} in access share mode nowait`);
      return getTenant(tx, target);
    });
  } catch (error) {
    if (findErrorCode(error) === SQLSTATE.lockNotAvailable) return undefined;
    throw error;
  }
}

async function getTenant(
  db: Queryable,
  { queue, taskId, runId, workflowRunId }: Record<string, unknown>,
): Promise<string | null | undefined> {
  if (typeof workflowRunId === "string")
    return getWorkflowRunTenant(db, workflowRunId).catch(ignoreMissing);
  if (typeof queue !== "string") return undefined;
  if (typeof taskId === "string") return getTaskTenant(db, queue, { taskId });
  return typeof runId === "string" ? getTaskTenant(db, queue, { runId }) : undefined;
}

/**
 * The existing tables that have the target's tenant, quoted. A failing statement would abort the action's
 * transaction.
 */
async function listTables(
  db: Queryable,
  { queue, taskId, runId, workflowRunId }: Record<string, unknown>,
): Promise<string[]> {
  const wanted =
    typeof workflowRunId === "string"
      ? ["public.workflow_run"]
      : typeof queue !== "string" || isTooLong(queue)
        ? []
        : typeof taskId === "string"
          ? [queueTable("t", queue)]
          : typeof runId === "string"
            ? [queueTable("t", queue), queueTable("r", queue)]
            : [];
  if (wanted.length === 0) return [];
  const rows = await query(
    db,
    { name: text },
    sql`select name from unnest(${sql.param(wanted)}::text[]) as name where to_regclass(name) is not null`,
  );
  return rows.length === wanted.length ? wanted : [];
}

/** A longer name can't be the name of a queue: PostgreSQL limits table names to 63 bytes. */
function isTooLong(queue: string): boolean {
  return Buffer.byteLength(queue) > 61;
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof WorkflowTableMissingError)) throw error;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Keys of an input that identify the action's target. Only these may appear in the server's log. */
export const IDENTIFYING_KEYS = ["queue", "taskId", "runId", "name", "at"] as const;

/**
 * Keys whose text is stored unchanged: names, ids, times and settings. Text under other keys may be a payload or a
 * secret.
 */
const PLAIN_KEYS: ReadonlySet<string> = new Set([
  ...IDENTIFYING_KEYS,
  "taskName",
  "newTaskId",
  "kind",
  "state",
  "step",
  "fromStep",
  "idempotencyKey",
  "bulkId",
  "action",
  "filters",
  "workflowRunId",
  "definitionId",
  "version",
  "storageMode",
  "defaultPartition",
  "detachMode",
  "address",
  "door",
  "tokenId",
  "sessionId",
  "role",
]);

/** The maximum length of stored text. */
const MAX_LENGTH = 300;

/** The maximum length of a list that is stored item by item. */
const MAX_ITEMS = 20;

/**
 * The part of an action's input or result that may be stored: numbers, booleans, times, and text under keys that
 * name or identify something. Other text, such as a payload, becomes `{ bytes, hmac }`, which distinguishes texts
 * without revealing them: readers of the audit log do not have the key, so they cannot check guesses. A list
 * longer than twenty is reduced to its length.
 */
export function describeInput(input: unknown): JsonObject {
  const described = typeof input === "object" ? describeValue(input, "") : undefined;
  return isObject(described) ? described : {};
}

function describeValue(value: unknown, key: string): Json | undefined {
  switch (typeof value) {
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : undefined;
    case "string":
      return PLAIN_KEYS.has(key) ? value.slice(0, MAX_LENGTH) : digest(value);
    case "object":
      return describeMembers(value, key);
    default:
      return undefined;
  }
}

function describeMembers(value: object | null, key: string): Json | undefined {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value))
    return value.length > MAX_ITEMS
      ? { count: value.length }
      : value.flatMap((item) => describeValue(item, key) ?? []);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const described = describeValue(member, name);
      return described === undefined ? [] : [[name, described]];
    }),
  );
}

function digest(text: string): JsonObject {
  return {
    bytes: Buffer.byteLength(text),
    hmac: createHmac("sha256", deriveKey("audit digest")).update(text).digest("hex").slice(0, 32),
  };
}

/** A result is stored for its ids and states, so digests are omitted. */
function omitDigests(result: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(result).filter(([, value]) => typeof value !== "object" || value === null),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
