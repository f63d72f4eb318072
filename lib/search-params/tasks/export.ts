import { createParser, createSerializer, parseAsStringLiteral } from "nuqs/server";
import { tasksSearchParams } from "./filters";

/** `excel` is CSV with a byte order mark, without which Excel misinterprets UTF-8. */
export const EXPORT_FORMATS = ["csv", "excel", "ndjson"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The media type and the extension of an exported file. */
export const EXPORT_FILES: Record<ExportFormat, { type: string; extension: string }> = {
  csv: { type: "text/csv", extension: "csv" },
  excel: { type: "text/csv", extension: "csv" },
  ndjson: { type: "application/x-ndjson", extension: "ndjson" },
};

/** Maximum number of tasks in an export. */
export const EXPORT_LIMIT = 100_000;

const parseAsMax = createParser<number>({
  parse: (value) => (/^[1-9]\d{0,5}$/.test(value) && +value <= EXPORT_LIMIT ? +value : null),
  serialize: String,
}).withDefault(EXPORT_LIMIT);

const { sort: _sort, ...following } = tasksSearchParams;

/** Search params of a streamed search and of a count: filters without a sort order; both scan newest first. */
export const followSearchParams = following;

const { cursor: _cursor, limit: _limit, ...filters } = following;

/** Search params of an export of all matching tasks, newest first. */
export const exportSearchParams = {
  ...filters,
  format: parseAsStringLiteral(EXPORT_FORMATS).withDefault("csv"),
  /** Maximum number of tasks. */
  max: parseAsMax,
};

/** The query string of an export with its `?`. */
export const serializeExport = createSerializer(exportSearchParams);
