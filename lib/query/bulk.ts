import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { BulkItem, BulkOperation, BulkPage } from "@/lib/analytics/bulk";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { Page } from "@/lib/model/page";
import type { BulkFollowUp } from "@/lib/model/rows/bulk";
import {
  type BulkFilters,
  type BulkItemFilters,
  bulkFilters,
  bulkItemFilters,
  serializeBulkFilters,
  serializeBulkItemFilters,
} from "@/lib/search-params/bulk";
import { fetchJson } from "./api";

/** One page of bulk operations. */
export function bulkListQuery(filters: Partial<BulkFilters> = {}) {
  const complete = bulkFilters(filters);
  return queryOptions({
    queryKey: ["bulk", "list", complete],
    queryFn: ({ signal }) =>
      fetchJson<BulkPage>(`/api/bulk${serializeBulkFilters(complete)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 500,
  });
}

/** One bulk operation with its counts. */
export function bulkQuery(bulkId: Uuid) {
  return queryOptions({
    queryKey: ["bulk", bulkId],
    queryFn: ({ signal }) =>
      fetchJson<{ operation: BulkOperation; now: Iso }>(`/api/bulk/${bulkId}`, signal),
    staleTime: 500,
  });
}

/** The current states of the tasks of a bulk operation. */
export function bulkFollowUpQuery(bulkId: Uuid) {
  return queryOptions({
    queryKey: ["bulk", bulkId, "follow-up"],
    queryFn: ({ signal }) =>
      fetchJson<BulkFollowUp & { now: Iso }>(`/api/bulk/${bulkId}/follow-up`, signal),
    staleTime: 500,
  });
}

/** One page of the tasks of a bulk operation. */
export function bulkItemsQuery(bulkId: Uuid, filters: Partial<BulkItemFilters> = {}) {
  const complete = bulkItemFilters(filters);
  return queryOptions({
    queryKey: ["bulk", bulkId, "items", complete],
    queryFn: ({ signal }) =>
      fetchJson<Page<BulkItem>>(
        `/api/bulk/${bulkId}/items${serializeBulkItemFilters(complete)}`,
        signal,
      ),
    placeholderData: keepPreviousData,
    staleTime: 500,
  });
}
