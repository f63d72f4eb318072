import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import { AUDIT_OUTCOMES } from "@/lib/model/audit";
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
    after: null,
    before: null,
    cursor: null,
    limit: 50,
    ...filters,
  };
}

/** The query string of these filters with its `?`, or an empty string; defaults are left out. */
export const serializeAuditFilters = createSerializer(auditSearchParams);
