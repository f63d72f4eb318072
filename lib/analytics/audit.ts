import "server-only";
import { and, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { auditEntries, ownEntriesFirst } from "@/lib/db/dashboard-schema";
import { array, nullable, oneOf, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { isViewRedacted } from "@/lib/db/redaction";
import type { ReadOptions } from "@/lib/db/snapshot";
import { DOORS, type Door } from "@/lib/model/access";
import type { Uuid } from "@/lib/model/ids";
import { type Iso, toMs } from "@/lib/model/instants";
import { EVERYTHING, intersect, prefixRange, uuidFloor } from "@/lib/model/key-range";
import type { Page } from "@/lib/model/page";
import type { AuditOutcome } from "@/lib/model/rows/audit";
import type { AuditFilters } from "@/lib/search-params/audit";
import { concerns, showFilters, withDashboardTable } from "./scope/dashboard-tables";
import { inKeyRange, keyOrder, keyPage, toKeyPage } from "./scope/key-pages";

/** One action that was performed, or attempted, through the dashboard. */
export type AuditEntry = {
  auditId: Uuid;
  at: Iso;
  operator: string;
  /**
   * How the operator signed in, and their identity there; `null` in entries of earlier versions and for the server
   * itself.
   */
  door: Door | null;
  subject: string | null;
  /** The address that the request came from. */
  address: string | null;
  action: string;
  queue: string | null;
  taskId: Uuid | null;
  runId: Uuid | null;
  /**
   * Names, times, numbers and booleans; a payload is `{ bytes, hmac }`, or `{ bytes }` while anything is redacted.
   */
  parameters: Record<string, unknown>;
  reason: string | null;
  outcome: AuditOutcome;
  code: string | null;
  message: string | null;
  result: Record<string, unknown>;
  bulkId: Uuid | null;
  /** The tenants of its targets, if known. */
  tenants: string[] | null;
};

/** `installed` is false if the dashboard's tables are absent: then nothing is recorded. */
export type AuditPage = Page<AuditEntry> & { installed: boolean };

/** The filters' choices, from the newest entries, and whether actions are recorded at all. */
export type AuditChoices = { operators: string[]; actions: string[]; installed: boolean };

/** The number of newest entries that provide the filters' choices. */
const SAMPLE = 2_000;

/**
 * One page of the audit log, newest first. All filters apply together; time windows are ranges of the key.
 *
 * @throws ProblemError `bad_request` for a foreign cursor, and the problems of `translateReadError`.
 */
export function listAudit(filters: AuditFilters, options: ReadOptions = {}): Promise<AuditPage> {
  return withDashboardTable(
    "audit_entry",
    options,
    async (db, { now, installed, tenants, actors }) => {
      if (!installed) return { rows: [], older: null, newer: null, now, installed: false };
      const page = keyPage(filters.cursor, filters.limit);
      page.range = intersect(page.range, toKeyRange(filters));
      const entries = auditEntries();
      const { auditId } = entries;
      const found = await db
        .select(selectColumns(entries, { tenants, actors }))
        .from(entries)
        .where(and(inKeyRange(auditId, page), ...conditions(entries, filters, tenants)))
        .orderBy(keyOrder(auditId, page))
        .limit(page.limit + 1);
      const rows = found.map((row) => ({
        ...row,
        parameters: showParameters(row.parameters as AuditEntry["parameters"]),
        result: row.result as AuditEntry["result"],
      }));
      return {
        ...toKeyPage(rows, (row) => row.auditId, page, filters.cursor),
        now,
        installed: true,
      };
    },
  );
}

/**
 * An entry's input as the viewer may see it. Digests distinguish payloads, so for a redacted payload they would
 * confirm guesses: anyone can have the payload of their own attempt recorded.
 */
function showParameters(parameters: AuditEntry["parameters"]): AuditEntry["parameters"] {
  const { filters } = parameters;
  const shown = isViewRedacted() ? (withoutDigests(parameters) as typeof parameters) : parameters;
  return typeof filters === "string" ? { ...shown, filters: showFilters(filters) } : shown;
}

function withoutDigests(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDigests);
  if (typeof value !== "object" || value === null) return value;
  // Entries of earlier versions have a digest of another kind.
  if ("bytes" in value && ("hmac" in value || "sha256" in value)) return { bytes: value.bytes };
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutDigests(member)]),
  );
}

/** The operators and actions of the newest entries, by name; empty if the audit log is not installed. */
export function listAuditChoices(options: ReadOptions = {}): Promise<AuditChoices> {
  return withDashboardTable("audit_entry", options, async (db, { installed }) => {
    if (!installed) return { operators: [], actions: [], installed };
    const entries = auditEntries();
    const { operator, action, auditId } = entries;
    const newest = sql`(select ${operator}, ${action} from ${entries}
      order by ${auditId} desc limit ${SAMPLE}::int) as newest`;
    const [choices] = await query(
      db,
      { operators: array(text), actions: array(text) },
      sql`
      select coalesce(array_agg(distinct operator order by operator), '{}') as operators,
             coalesce(array_agg(distinct action order by action), '{}') as actions
        from ${newest}`,
    );
    return { operators: [], actions: [], ...choices, installed };
  });
}

function toKeyRange({ after, before }: AuditFilters) {
  return intersect(
    after === null ? EVERYTHING : { ...EVERYTHING, from: uuidFloor(toMs(after)) },
    before === null ? EVERYTHING : { ...EVERYTHING, to: uuidFloor(toMs(before)) },
  );
}

type Entries = ReturnType<typeof auditEntries>;

/** Tables of earlier versions have no columns for tenants and for people. */
function selectColumns(entries: Entries, has: { tenants: boolean; actors: boolean }) {
  const { auditId, at, operator, action, queue, taskId, runId } = entries;
  const { parameters, reason, outcome, code, message, result, bulkId } = entries;
  return {
    ...{ auditId, at, operator, action, queue, taskId, runId },
    ...{ parameters, reason, outcome, code, message, result, bulkId },
    tenants: has.tenants ? entries.tenants : sql`null`.mapWith(nullable(array(text))),
    door: has.actors ? entries.door : sql`null`.mapWith(nullable(oneOf(DOORS))),
    subject: has.actors ? entries.subject : sql`null`.mapWith(nullable(text)),
    address: has.actors ? entries.address : sql`null`.mapWith(nullable(text)),
  };
}

function conditions(entries: Entries, filters: AuditFilters, tenants: boolean) {
  const { operator, action, queue, outcome, taskId, bulkId } = entries;
  const among = (column: typeof operator | typeof action | typeof queue, wanted: string[]) => {
    const [only] = wanted;
    if (only === undefined) return undefined;
    return wanted.length === 1 ? eq(column, only) : inArray(column, wanted);
  };
  return [
    ownEntriesFirst(
      and(
        among(operator, filters.operator),
        among(action, filters.action),
        filters.outcome.length > 0 ? inArray(outcome, filters.outcome) : undefined,
        filters.tenant.length > 0
          ? concerns(tenants && entries.tenants, filters.tenant)
          : undefined,
      ),
    ),
    among(queue, filters.queue),
    filters.fold ? or(isNull(bulkId), isNull(taskId)) : undefined,
    filters.task === null ? undefined : inKeyRange(taskId, { range: prefixRange(filters.task) }),
    filters.bulk === null ? undefined : inKeyRange(bulkId, { range: prefixRange(filters.bulk) }),
  ];
}
