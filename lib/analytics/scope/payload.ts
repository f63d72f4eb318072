import { type AnyColumn, Column, is, type SQL, sql } from "drizzle-orm";
import { isViewRedacted } from "@/lib/db/redaction";
import type { Payload } from "@/lib/model/json";
import { isCompressed } from "./error-head";
import { type PayloadRoot, redact } from "./redact";

/** Texts up to this many bytes are included in their row. */
const INLINE_LIMIT = 65_536;

/** About how many bytes the texts of all rows of a result may have in total. */
const TOTAL_LIMIT = 4_194_304;
/** The same for redacted values, which take longer and are processed without pauses. */
const REDACTED_TOTAL_LIMIT = 524_288;

/** In bytes. Larger stored values are not printed only to measure their text. */
const MEASURE_LIMIT = 1_048_576;

/**
 * A JSON column or expression as a `Payload`: its exact text and size, only the size if the text is larger than
 * `limit` bytes, or `null` for SQL NULL. Redacted values are masked.
 *
 * @param root the kind of value, for expressions that don't show it.
 */
export function payload(column: AnyColumn, limit?: number): SQL<Payload>;
export function payload(column: SQL, limit: number | undefined, root: PayloadRoot): SQL<Payload>;
export function payload(
  column: AnyColumn | SQL,
  limit = INLINE_LIMIT,
  root = getPayloadRoot(column),
) {
  return sql`case when pg_column_size(${column}) > ${MEASURE_LIMIT}::int
    then '~' || pg_column_size(${column}) || ${isCompressed(column)}
    else (
      select octet_length(v) || ':' || case when octet_length(v) <= ${limit}::int then v else '' end
      from (select ${column}::text as v offset 0) as printed
    ) end`.mapWith((value: string) => parsePayload(value, root));
}

/** The kind of value in each JSON column of the engine's tables, by the column's name. */
const ROOTS: Record<string, PayloadRoot | null> = {
  params: "params",
  headers: "headers",
  completed_payload: "result",
  result: "result",
  failure_reason: "error",
  event_payload: "event",
  payload: "event",
  state: "step",
  // The engine's own settings hold no secrets.
  retry_strategy: null,
  cancellation: null,
};

/** The kind of a column's values, so that none is returned unmasked by mistake; `null` if they are never masked. */
export function getPayloadRoot(column: AnyColumn | SQL): PayloadRoot | null {
  const root = is(column, Column) ? ROOTS[column.name] : undefined;
  if (root === undefined) throw new Error("The kind of value in this column is unknown.");
  return root;
}

/** The inline limit of each of these values, so that a result doesn't grow with its number of rows. */
export function inlineLimit(values: number): number {
  const total = isViewRedacted() ? REDACTED_TOTAL_LIMIT : TOTAL_LIMIT;
  return Math.min(INLINE_LIMIT, Math.max(1_024, Math.floor(total / Math.max(values, 1))));
}

function parsePayload(value: string, root: PayloadRoot | null): Payload {
  if (value.startsWith("~")) {
    const compressed = value.endsWith("c");
    const bytes = Number(value.slice(1, compressed ? -1 : undefined));
    return { bytes, approximate: compressed ? "compressed" : "stored" };
  }
  const colon = value.indexOf(":");
  const bytes = Number(value.slice(0, colon));
  const text = value.slice(colon + 1);
  // No JSON value prints as an empty text, so it marks an omitted text.
  if (text === "") return { bytes };
  const shown = root === null ? { text, redacted: 0 } : redact(root, text);
  return { bytes, text: shown.text, ...(shown.redacted > 0 ? { redacted: shown.redacted } : {}) };
}
