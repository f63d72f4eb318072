import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import { ITEM_OUTCOMES } from "@/lib/model/rows/bulk";
import { parseAsLimit, parseAsList, parseAsListOf } from "./parsers";

const paging = {
  /** `older` or `newer` of a page. */
  cursor: parseAsString,
  limit: parseAsLimit,
};

/** Search params of the list of bulk operations. */
export const bulkSearchParams = {
  /** Operations restricted to one of these tenants; none means all operations. */
  tenant: parseAsList,
  ...paging,
};

/** Search params of the tasks of one bulk operation. */
export const bulkItemsSearchParams = {
  ...paging,
  /** `open`: not processed yet. */
  outcome: parseAsListOf([...ITEM_OUTCOMES, "open"]),
};

export type BulkFilters = inferParserType<typeof bulkSearchParams>;
export type BulkItemFilters = inferParserType<typeof bulkItemsSearchParams>;

/** Adds defaults: first page, 50 rows. */
export function bulkFilters(filters: Partial<BulkFilters> = {}): BulkFilters {
  return { tenant: [], cursor: null, limit: 50, ...filters };
}

/** Adds defaults: all outcomes, first page, 50 rows. */
export function bulkItemFilters(filters: Partial<BulkItemFilters> = {}): BulkItemFilters {
  return { outcome: [], cursor: null, limit: 50, ...filters };
}

/** The query strings of these filters with their `?`, or empty strings; defaults are omitted. */
export const serializeBulkFilters = createSerializer(bulkSearchParams);
export const serializeBulkItemFilters = createSerializer(bulkItemsSearchParams);
