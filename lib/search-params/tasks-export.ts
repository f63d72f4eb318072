export const EXPORT_FORMATS = ["csv", "ndjson"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The most tasks one export holds. */
export const EXPORT_LIMIT = 100_000;
