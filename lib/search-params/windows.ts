import { createSerializer, type inferParserType, parseAsStringLiteral } from "nuqs/server";
import { parseAsList } from "./parsers";
import { tenantSearchParams } from "./tenants";

/** How far back figures over time look. */
export const WINDOWS = ["1h", "24h", "7d"] as const;
export type Window = (typeof WINDOWS)[number];

/** How far back, by itself. */
export const windowSearchParams = {
  range: parseAsStringLiteral(WINDOWS).withDefault("1h"),
};

/** The URL state of figures: those of the overview, of a queue, and of the workers. */
export const figuresSearchParams = { ...windowSearchParams, ...tenantSearchParams };

export type FigureFilters = inferParserType<typeof figuresSearchParams>;

/** The URL state of the failures. */
export const failuresSearchParams = {
  range: parseAsStringLiteral(WINDOWS).withDefault("24h"),
  /** No queue means all of them. */
  queue: parseAsList,
  /** Task names; none means all. */
  name: parseAsList,
  /** Whose tasks; none means everybody's. */
  tenant: parseAsList,
};

export type FailureFilters = inferParserType<typeof failuresSearchParams>;

/** Completes filters with their defaults: everything that failed in the last day. */
export function failureFilters(filters: Partial<FailureFilters> = {}): FailureFilters {
  return { range: "24h", queue: [], name: [], tenant: [], ...filters };
}

/** The query string of these filters with its `?`, or an empty string; defaults are left out. */
export const serializeFailureFilters = createSerializer(failuresSearchParams);

/** As `serializeFailureFilters`, for figures. */
export const serializeFigureFilters = createSerializer(figuresSearchParams);
