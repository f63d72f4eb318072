import { createParser, createSerializer, parseAsStringLiteral } from "nuqs/server";
import { tasksSearchParams } from "./filters";

export const EXPORT_FORMATS = ["csv", "ndjson"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The most tasks one export holds. */
export const EXPORT_LIMIT = 100_000;

const parseAsMax = createParser<number>({
  parse: (value) => (/^[1-9]\d{0,5}$/.test(value) && +value <= EXPORT_LIMIT ? +value : null),
  serialize: String,
}).withDefault(EXPORT_LIMIT);

const { sort: _sort, ...following } = tasksSearchParams;

/** What a search and a count take: the filters of a list, which they go through newest first. */
export const followSearchParams = following;

const { cursor: _cursor, limit: _limit, ...filters } = following;

/** What an export takes, which goes through all that match, newest first. */
export const exportSearchParams = {
  ...filters,
  format: parseAsStringLiteral(EXPORT_FORMATS).withDefault("csv"),
  /** Tasks at most. */
  max: parseAsMax,
};

/** The query string of an export with its `?`. */
export const serializeExport = createSerializer(exportSearchParams);
