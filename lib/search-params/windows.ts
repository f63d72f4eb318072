import { createSerializer, type inferParserType, parseAsStringLiteral } from "nuqs/server";
import { parseAsList } from "./parsers";

/** How far back figures over time look. */
export const WINDOWS = ["1h", "24h", "7d"] as const;
export type Window = (typeof WINDOWS)[number];

/** The URL state of the overview: the window alone. */
export const windowSearchParams = {
  range: parseAsStringLiteral(WINDOWS).withDefault("1h"),
};

/** The URL state of the workers. */
export const workersSearchParams = {
  ...windowSearchParams,
  /** Whose tasks they work on; none means everybody's. */
  tenant: parseAsList,
};

export type WorkerFilters = inferParserType<typeof workersSearchParams>;

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

/** As `serializeFailureFilters`, for a window alone. */
export const serializeWindow = createSerializer(windowSearchParams);

/** As `serializeFailureFilters`, for the workers. */
export const serializeWorkerFilters = createSerializer(workersSearchParams);
