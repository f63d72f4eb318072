import { type AnyColumn, Column, is, type SQL, sql } from "drizzle-orm";
import { integer, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { isViewRedacted } from "@/lib/db/redaction";
import type { Database } from "@/lib/db/snapshot";
import type { Payload } from "@/lib/model/json";
import { formatMask } from "@/lib/redaction/redact";
import { isCompressed } from "./error-head";
import { type PayloadRoot, redact, redactLong } from "./redact";

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

/** In bytes. The driver decodes a row at once, and one of 100 MB would keep all other requests waiting. */
const SLICE = 1_048_576;

/** How many slices of a value are searched for redacted parts. Joining 32 takes 15 ms, at once. */
const MOST_REDACTED = 32;

/**
 * The exact text of a JSON value of any size, in slices that end between two characters; none without a row or for SQL
 * NULL. Redacted values are masked, and while anything is redacted, so is a whole value of more than 32 MB. It takes long
 * only in the database.
 *
 * @param value of the only row of `from`, a table with its conditions.
 */
export async function listSlices(
  db: Database,
  value: SQL | AnyColumn,
  from: SQL,
  root: PayloadRoot | null,
): Promise<string[]> {
  const rows = await query(
    db,
    { start: integer, part: text },
    sql`select start, convert_from(substring(bytes from first + 1 for last - first), 'UTF8') as part
      from (select convert_to((${value})::text, 'UTF8') as bytes from ${from} offset 0) as whole
      cross join lateral generate_series(0, octet_length(bytes) - 1, ${SLICE}::int) as start
      cross join lateral (
        select ${endOfCharacter(sql`start`)} as first, ${endOfCharacter(sql`start + ${SLICE}::int`)} as last offset 0
      ) as slice`,
  );
  // Sorting in the database would copy the texts.
  const slices = rows.sort((a, b) => a.start - b.start).map(({ part }) => part);
  if (root === null || !isViewRedacted() || slices.length === 0) return slices;
  if (slices.length > MOST_REDACTED) return [JSON.stringify(formatMask(1))];
  return [await redactLong(root, slices.join(""))];
}

/** The first place at or after this one in the UTF-8 of `bytes` that is not within a character. */
function endOfCharacter(at: SQL): SQL {
  const isEnd = (place: SQL) =>
    sql`case when ${place} >= octet_length(bytes) then true else get_byte(bytes, ${place}) & 192 <> 128 end`;
  const later = [1, 2].map(
    (by) => sql`when ${isEnd(sql`${at} + ${by}::int`)} then ${at} + ${by}::int`,
  );
  return sql`least(octet_length(bytes), case when ${isEnd(at)} then ${at} ${sql.join(later, sql` `)} else ${at} + 3 end)`;
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
  const inline = value.slice(colon + 1);
  // No JSON value prints as an empty text, so it marks an omitted text.
  if (inline === "") return { bytes };
  const shown = root === null ? { text: inline, redacted: 0 } : redact(root, inline);
  return { bytes, text: shown.text, ...(shown.redacted > 0 ? { redacted: shown.redacted } : {}) };
}
