import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import { ITEM_OUTCOMES } from "@/lib/model/bulk";
import { parseAsLimit, parseAsList, parseAsListOf } from "./parsers";

const paging = {
  /** As returned in `older` or `newer` of a page. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

/** The URL state of the list of bulk operations. */
export const bulkSearchParams = {
  /** Tenants to one of which the operation is restricted; none means any operation. */
  tenant: parseAsList,
  ...paging,
};

/** The URL state of the tasks of one bulk operation. */
export const bulkItemsSearchParams = {
  ...paging,
  /** `open`: its turn has not come. */
  outcome: parseAsListOf([...ITEM_OUTCOMES, "open"]),
};

export type BulkFilters = inferParserType<typeof bulkSearchParams>;
export type BulkItemFilters = inferParserType<typeof bulkItemsSearchParams>;

/** Completes filters with their defaults: the first page, 50 rows. */
export function bulkFilters(filters: Partial<BulkFilters> = {}): BulkFilters {
  return { tenant: [], cursor: null, limit: 50, ...filters };
}

/** Completes filters with their defaults: every outcome, the first page, 50 rows. */
export function bulkItemFilters(filters: Partial<BulkItemFilters> = {}): BulkItemFilters {
  return { outcome: [], cursor: null, limit: 50, ...filters };
}

/** The query strings of these filters with their `?`, or empty strings; defaults are left out. */
export const serializeBulkFilters = createSerializer(bulkSearchParams);
export const serializeBulkItemFilters = createSerializer(bulkItemsSearchParams);
