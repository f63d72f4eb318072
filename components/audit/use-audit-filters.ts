"use client";
import { useQueryStates } from "nuqs";
import { type AuditFilters, auditFilters, auditSearchParams } from "@/lib/search-params/audit";

/** The filters of the record in the address. */
export function useAuditFilters() {
  const [filters, setInUrl] = useQueryStates(auditSearchParams, { history: "push" });
  return {
    filters,
    /** Changes filters and goes back to the newest page. */
    narrow: (change: Partial<AuditFilters>) => setInUrl({ cursor: null, ...change }),
    /** Goes to a neighbouring page. */
    turnTo: (cursor: string | null) => setInUrl({ cursor }),
    clear: () => setInUrl({ ...auditFilters(), limit: filters.limit }),
  };
}

/** Whether the record is narrowed at all. */
export function isNarrowed({ cursor: _, limit: __, ...filters }: AuditFilters): boolean {
  return Object.values(filters).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== null,
  );
}
