import { createSerializer, type inferParserType, parseAsStringLiteral } from "nuqs/server";
import { parseAsList } from "./parsers";
import { tenantSearchParams } from "./tenants";

/** Time ranges of figures. */
export const WINDOWS = ["1h", "24h", "7d"] as const;
export type Window = (typeof WINDOWS)[number];

/** Search params of a time range. */
export const windowSearchParams = {
  range: parseAsStringLiteral(WINDOWS).withDefault("1h"),
};

/** Search params of figures: overview, queue and workers. */
export const figuresSearchParams = { ...windowSearchParams, ...tenantSearchParams };

export type FigureFilters = inferParserType<typeof figuresSearchParams>;

/** Search params of failures. */
export const failuresSearchParams = {
  range: parseAsStringLiteral(WINDOWS).withDefault("24h"),
  /** None means all queues. */
  queue: parseAsList,
  /** Task names; none means all. */
  name: parseAsList,
  /** None means all tenants. */
  tenant: parseAsList,
};

export type FailureFilters = inferParserType<typeof failuresSearchParams>;

/** Adds defaults: all failures of the last 24 h. */
export function failureFilters(filters: Partial<FailureFilters> = {}): FailureFilters {
  return { range: "24h", queue: [], name: [], tenant: [], ...filters };
}

/** The query string of these filters with its `?`, or an empty string; defaults are omitted. */
export const serializeFailureFilters = createSerializer(failuresSearchParams);

/** The query string of figures with its `?`, or an empty string; defaults are omitted. */
export const serializeFigureFilters = createSerializer(figuresSearchParams);
