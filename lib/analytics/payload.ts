import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import type { Payload } from "./types";

/** Texts up to this many bytes come with their row. */
const INLINE_LIMIT = 65_536;

/** What the texts of all rows of an answer may take together, roughly. */
const TOTAL_LIMIT = 4_194_304;

/** A value stored in more bytes than this is not printed only to learn the size of its text. */
const MEASURE_LIMIT = 1_048_576;

/**
 * A JSON column or expression as a `Payload`: its exact text and size, the size alone when the text is larger than `limit` bytes,
 * or `null` for SQL NULL.
 */
export function payload(column: AnyColumn | SQL, limit = INLINE_LIMIT) {
  return sql<Payload>`case when pg_column_size(${column}) > ${MEASURE_LIMIT}::int
    then '~' || pg_column_size(${column})
    else (
      select octet_length(v) || ':' || case when octet_length(v) <= ${limit}::int then v else '' end
      from (select ${column}::text as v offset 0) as printed
    ) end`.mapWith(parsePayload);
}

/** The limit for each of so many values, so that an answer does not grow with its number of rows. */
export function inlineLimit(values: number): number {
  return Math.min(INLINE_LIMIT, Math.max(1_024, Math.floor(TOTAL_LIMIT / Math.max(values, 1))));
}

function parsePayload(value: string): Payload {
  if (value.startsWith("~")) return { bytes: Number(value.slice(1)), approximate: true };
  const colon = value.indexOf(":");
  const bytes = Number(value.slice(0, colon));
  const text = value.slice(colon + 1);
  // No JSON value prints as an empty text: it stands for one that was left out.
  return text === "" ? { bytes } : { bytes, text };
}
