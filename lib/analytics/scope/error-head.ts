import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import { nullable, text } from "@/lib/db/decode";
import { isViewRedacted, showDigest } from "@/lib/db/redaction";
import type { Payload } from "@/lib/model/json";
import { parseRecordedError, stripTerminalCodes } from "@/lib/model/recorded-error";
import { redact, redactMember } from "./redact";

/** The number of characters to keep of an error's texts. */
export type HeadLimits = { message: number; trace: number; other: number };

const HEAD: HeadLimits = { message: 2_000, trace: 4_000, other: 300 };
/** The same for errors of many attempts that are redacted, because all of them are redacted without a pause. */
const SMALL_HEAD: HeadLimits = { message: 500, trace: 500, other: 100 };
/** The limit of a value, in bytes, below which a result has many of them. */
const MANY = 4_096;

/** The maximum number of an object's members or a list's elements to keep. */
const MEMBERS = 30;

/** In bytes. Larger stored values are not printed only to measure and digest their text. */
const MEASURE_LIMIT = 1_048_576;

/**
 * A failure reason as `payload` returns it. If its text is longer than `limit` bytes, it comes with its head
 * (name, message, code, start of the trace, causes) and, unless it is huge, a digest of the text: the unread rest
 * can be shown in part and compared as a whole without guessing.
 */
export function errorPayload(column: AnyColumn, limit: number): SQL<Payload> {
  const head = errorHead(column, limit < MANY && isViewRedacted() ? SMALL_HEAD : HEAD);
  return sql`case
    when pg_column_size(${column}) > ${MEASURE_LIMIT}::int
      then '~' || pg_column_size(${column}) || ',' || ${isCompressed(column)} || ',:' || (${head})::text
    else (
      select case when octet_length(v) <= ${limit}::int then octet_length(v) || ':' || v
        else '~' || octet_length(v) || ',,' || md5(v) || ':' || (${head})::text end
      from (select ${column}::text as v offset 0) as printed
    ) end`.mapWith(parseErrorPayload);
}

/** `c` if the value is stored compressed, so that its text is longer; otherwise an empty text. */
export function isCompressed(column: AnyColumn | SQL): SQL {
  return sql`case when pg_column_compression(${column}) is null then '' else 'c' end`;
}

/**
 * A shortened copy of a failure reason as JSON: the first members of an object or elements of a list, with long
 * texts cut. An object stays an object, so that redaction by key finds every key.
 */
export function errorHead(column: AnyColumn | SQL, limits: HeadLimits): SQL {
  // A member that is not text would become text, in which redaction cannot look at its keys one by one.
  const member = (value: SQL, name: string, length: number) =>
    sql`case when jsonb_typeof(${value} -> ${name}::text) = 'string' then left(${value} ->> ${name}::text, ${length}::int) end`;
  const named = (value: SQL, length: number) =>
    sql`jsonb_build_object('name', ${member(value, "name", limits.other)}, 'message', ${member(value, "message", length)})`;
  const cut = (value: SQL, length: SQL | number) => sql`case jsonb_typeof(${value})
    when 'string' then to_jsonb(left(${value} #>> '{}', ${length}))
    when 'object' then case when octet_length(${value}::text) <= ${limits.message}::int then ${value}
      else ${named(value, limits.message)} end
    when 'array' then (
      select jsonb_agg(case jsonb_typeof(item)
        when 'string' then to_jsonb(left(item #>> '{}', ${limits.other}::int))
        when 'object' then case when octet_length(item::text) <= ${limits.other}::int then item
          else ${named(sql`item`, limits.other)} end
        else case when octet_length(item::text) <= ${limits.other}::int then item end end)
      from (select item from jsonb_array_elements(${value}) item limit ${MEMBERS}::int) items)
    else ${value} end`;
  return sql`(
    select case jsonb_typeof(reason)
      when 'object' then (
        select jsonb_object_agg(key, ${cut(
          sql`value`,
          sql`case when key = 'message' then ${limits.message}::int
            when key in ('stack', 'traceback') then ${limits.trace}::int else ${limits.other}::int end`,
        )})
        from (
          select key, value from jsonb_each(reason)
          order by key in ('name', 'message', 'code', 'stack', 'traceback', 'cause', 'errors') desc
          limit ${MEMBERS}::int
        ) members)
      else ${cut(sql`reason`, sql`${limits.message}::int`)} end
    from (select ${column} as reason offset 0) as stored)`;
}

/** `bytes:text`, or `~bytes,compressed,digest:head`. */
function parseErrorPayload(value: string): Payload {
  const colon = value.indexOf(":");
  const content = value.slice(colon + 1);
  const { text, redacted } = redact("error", content);
  const masked = redacted > 0 ? { redacted } : {};
  if (!value.startsWith("~")) return { bytes: Number(value.slice(0, colon)), text, ...masked };
  const [bytes, compressed, digest] = value.slice(1, colon).split(",");
  return {
    bytes: Number(bytes),
    head: text,
    ...masked,
    ...(digest
      ? { digest: showDigest("error digest", digest) }
      : { approximate: compressed === "c" ? "compressed" : "stored" }),
  };
}

/** The number of characters of an error that lists show. */
const SUMMARY = 300;

/**
 * The parts of a failure reason that `toErrorSummary` needs: name and message, or a copy of a value without a
 * message.
 */
export function errorSummary(column: AnyColumn | SQL) {
  const member = (name: string) =>
    sql`case when jsonb_typeof(${column} -> ${name}::text) = 'string' then left(${column} ->> ${name}::text, ${SUMMARY}::int) end`;
  return {
    errorName: member("name").mapWith(nullable(text)).as("error_name"),
    errorMessage: sql`case jsonb_typeof(${column})
        when 'object' then ${member("message")}
        when 'string' then left(${column} #>> '{}', ${SUMMARY}::int) end`
      .mapWith(nullable(text))
      .as("error_message"),
    errorValue: sql`case
        when jsonb_typeof(${column}) = 'string' or jsonb_typeof(${column} -> 'message') = 'string' then null
        else (${errorHead(column, { message: SUMMARY, trace: 100, other: 100 })})::text end`
      .mapWith(nullable(text))
      .as("error_value"),
  };
}

/** Name and message of an error, redacted and cut to 300 characters; both `null` if no reason is stored. */
export function toErrorSummary(row: {
  errorName: string | null;
  errorMessage: string | null;
  errorValue: string | null;
}): { errorName: string | null; errorMessage: string | null; isValue: boolean } {
  if (row.errorValue === null)
    return {
      errorName: strip(redactMember("error", "name", row.errorName)),
      errorMessage: strip(redactMember("error", "message", row.errorMessage)),
      isValue: false,
    };
  const shown = redact("error", row.errorValue).text;
  const error = parseRecordedError(JSON.parse(shown), shown);
  return {
    errorName: error.name,
    errorMessage: error.message.slice(0, SUMMARY),
    isValue: error.isValue,
  };
}

const strip = (value: string | null) => (value === null ? null : stripTerminalCodes(value));
