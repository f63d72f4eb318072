import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import { AUDIT_OUTCOMES } from "@/lib/model/audit";
import {
  parseAsIdPrefix,
  parseAsInstant,
  parseAsLimit,
  parseAsList,
  parseAsListOf,
} from "./parsers";

/** The URL state of the list of what was done. */
export const auditSearchParams = {
  operator: parseAsList,
  action: parseAsList,
  queue: parseAsList,
  outcome: parseAsListOf(AUDIT_OUTCOMES),
  /** Whose business it was. */
  tenant: parseAsList,
  /** The beginning of a task's id. */
  task: parseAsIdPrefix,
  /** The beginning of a bulk operation's id. */
  bulk: parseAsIdPrefix,
  after: parseAsInstant,
  before: parseAsInstant,
  /** As returned in `older` or `newer` of a page. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

export type AuditFilters = inferParserType<typeof auditSearchParams>;

/** Completes filters with their defaults: no filter, the newest page, 50 rows. */
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
