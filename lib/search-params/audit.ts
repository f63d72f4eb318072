import { createSerializer, type inferParserType, parseAsBoolean, parseAsString } from "nuqs/server";
import { AUDIT_OUTCOMES } from "@/lib/model/rows/audit";
import {
  parseAsIdPrefix,
  parseAsInstant,
  parseAsLimit,
  parseAsList,
  parseAsListOf,
} from "./parsers";

/** Search params of the audit log. */
export const auditSearchParams = {
  operator: parseAsList,
  action: parseAsList,
  queue: parseAsList,
  outcome: parseAsListOf(AUDIT_OUTCOMES),
  /** Tenants of the targets; none means all. */
  tenant: parseAsList,
  /** Prefix of a task id. */
  task: parseAsIdPrefix,
  /** Prefix of a bulk operation's id. */
  bulk: parseAsIdPrefix,
  /** Leaves out the entries of the single tasks of bulk operations. */
  fold: parseAsBoolean.withDefault(false),
  after: parseAsInstant,
  before: parseAsInstant,
  /** `older` or `newer` of a page. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

export type AuditFilters = inferParserType<typeof auditSearchParams>;

/** Adds defaults: no filter, newest page, 50 rows. */
export function auditFilters(filters: Partial<AuditFilters> = {}): AuditFilters {
  return {
    operator: [],
    action: [],
    queue: [],
    outcome: [],
    tenant: [],
    task: null,
    bulk: null,
    fold: false,
    after: null,
    before: null,
    cursor: null,
    limit: 50,
    ...filters,
  };
}

/**
 * The filters of the page. It shows a bulk operation as one entry, its start, unless a filter cannot match that
 * entry: it belongs to no queue, tenant or task, and has its own outcome and action.
 */
export function foldBulk(filters: AuditFilters): AuditFilters {
  const { task, bulk, outcome, action, queue, tenant } = filters;
  const lists = [outcome, action, queue, tenant];
  const isPlain = task === null && bulk === null && lists.every(({ length }) => length === 0);
  return { ...filters, fold: isPlain };
}

/** The query string of these filters with its `?`, or an empty string; defaults are omitted. */
export const serializeAuditFilters = createSerializer(auditSearchParams);
