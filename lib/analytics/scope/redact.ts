import { type SQL, sql } from "drizzle-orm";
import { type Decoder, nullable, text } from "@/lib/db/decode";
import { isViewRedacted, redactionRules } from "@/lib/db/redaction";
import { containsRedacted, formatMask, redactText } from "@/lib/redaction/redact";
import { isPathRedacted } from "@/lib/redaction/rules";
import { scrubText } from "@/lib/redaction/scrub";
import type { JsonPath } from "@/lib/search-params/tasks/conditions";

/** The kind of a JSON value: the first part of the paths that redaction rules match. */
export type PayloadRoot =
  | "params"
  | "headers"
  | "result"
  | "error"
  | "step"
  | "event"
  | "inputs"
  | "tags"
  | "definition";

/** A JSON text with redacted values masked, and how many were masked. */
export function redact(root: PayloadRoot, text: string): { text: string; redacted: number } {
  return redactText(redactionRules(), root, text);
}

/**
 * A member of an error as it may be shown: `null` stays, a redacted member is masked, and others lose what matches a
 * rule.
 */
export function redactErrorPart<Text extends string | null>(
  member: "name" | "message",
  text: Text,
): Text {
  if (text === null || !isViewRedacted()) return text;
  const rules = redactionRules();
  if (isPathRedacted(rules, "error", [member])) return formatMask(1) as Text;
  return (rules.everything ? text : scrubText(rules, text)) as Text;
}

/** Characters of a value that a list shows. */
const LIMIT = 200;
/** Bytes scanned for redacted keys before truncation. */
const LARGE = 65_536;

/** A text of users before redaction. It is no string, so that the type checker finds one that is not redacted. */
export type Unredacted = { unredacted: string };

const unredacted: Decoder<Unredacted> = (value) => ({ unredacted: text(value) });

/**
 * The text at a path, at most 200 characters. While anything is redacted it selects more, with its type in front,
 * for `redactColumn`. A path through every element of an array selects the array; a number selects one element.
 */
export function columnText(value: SQL, steps: JsonPath["steps"]): SQL<Unredacted | null> {
  const path = sql`${sql.param(upToArray(steps))}::text[]`;
  if (!isViewRedacted())
    return sql`left(${value} #>> ${path}, ${LIMIT}::int)`.mapWith(nullable(unredacted));
  return sql`(
    select case
      when jsonb_typeof(found) = 'string' then 's' || left(found #>> '{}', ${LARGE}::int)
      when pg_column_size(found) > ${LARGE}::int then 'l'
      else 'j' || found::text end
    from (select ${value} #> ${path} as found offset 0) as there)`.mapWith(nullable(unredacted));
}

/** What a list shows of the text that `columnText` selected: at most 200 characters, masked if a rule redacts it. */
export function redactColumn(
  { source, steps }: JsonPath,
  selected: Unredacted | null,
): string | null {
  if (selected === null) return null;
  const { unredacted: read } = selected;
  if (!isViewRedacted()) return read;
  const rules = redactionRules();
  const path = upToArray(steps);
  // A number is a key of an object or an index into an array, which has no keys.
  const keys = path.filter((step) => !/^\d+$/.test(step));
  if (isPathRedacted(rules, source, path) || isPathRedacted(rules, source, keys))
    return formatMask(1);
  const text = read.slice(1);
  if (rules.everything && read.startsWith("s")) return text.slice(0, LIMIT);
  if (read.startsWith("l")) return "large";
  if (read.startsWith("j")) return redactText(rules, source, text, keys).text.slice(0, LIMIT);
  if (containsRedacted(rules, text)) return formatMask(1);
  return (source === "error" ? scrubText(rules, text) : text).slice(0, LIMIT);
}

function upToArray(steps: JsonPath["steps"]): string[] {
  return steps.slice(0, steps.includes(null) ? steps.indexOf(null) : undefined) as string[];
}
