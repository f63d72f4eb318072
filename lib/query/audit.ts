import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AuditChoices, AuditPage } from "@/lib/analytics/audit";
import { type AuditFilters, auditFilters, serializeAuditFilters } from "@/lib/search-params/audit";
import { fetchJson } from "./api";

/** One page of the audit log. */
export function auditQuery(filters: Partial<AuditFilters> = {}) {
  const complete = auditFilters(filters);
  return queryOptions({
    queryKey: ["audit", complete],
    queryFn: ({ signal }) =>
      fetchJson<AuditPage>(`/api/audit${serializeAuditFilters(complete)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  });
}

/** Options of the audit filters. */
export function auditChoicesQuery() {
  return queryOptions({
    queryKey: ["audit", "choices"],
    queryFn: ({ signal }) => fetchJson<AuditChoices>("/api/audit/choices", signal),
    staleTime: 30_000,
  });
}
