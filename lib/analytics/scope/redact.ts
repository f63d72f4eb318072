import { type SQL, sql } from "drizzle-orm";
import { isLosslessNumber, parse, stringify } from "lossless-json";
import { type Decoder, nullable, text } from "@/lib/db/decode";
import { isViewRedacted, redactionRules } from "@/lib/db/redaction";
import { isAscii } from "@/lib/redaction/free-text";
import { formatMask, redactLongText, redactText } from "@/lib/redaction/redact";
import {
  enterPlace,
  isPathRedacted,
  listHints,
  type Place,
  type RedactionRules,
  rootPlace,
  type Step,
} from "@/lib/redaction/rules";
import { showText } from "@/lib/redaction/walk";
import type { JsonPath, PathSource } from "@/lib/search-params/tasks/conditions";

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

/** A JSON text with redacted values masked, and the number of masked values. */
export function redact(root: PayloadRoot, text: string): { text: string; redacted: number } {
  return redactText(redactionRules(), root, text);
}

/** Like `redactLong`, for the JSON text of one member of a value. */
export async function redactIn(root: PayloadRoot, member: string, text: string): Promise<string> {
  const rules = redactionRules();
  if (isPathRedacted(rules, root, [member])) return JSON.stringify(formatMask(1));
  return (await redactLongText(rules, root, text, [member])).text;
}

/** Like `redact`, for a text of any size: other requests are served in between. */
export async function redactLong(root: PayloadRoot, text: string): Promise<string> {
  return (await redactLongText(redactionRules(), root, text)).text;
}

/**
 * A member's text as it may be shown: `null` stays, a redacted member is masked, and so is a text that holds a
 * redacted key; in an error's text, only the apparent key with its value is masked.
 */
export function redactMember<Text extends string | null>(
  root: PayloadRoot,
  member: string,
  text: Text,
): Text {
  if (text === null || !isViewRedacted()) return text;
  const rules = redactionRules();
  if (isPathRedacted(rules, root, [member])) return formatMask(1) as Text;
  return (showText(rules, root, text) ?? formatMask(1)) as Text;
}

/**
 * Whether a text is shown unchanged, at a place that is not redacted itself. Only such a text may be compared with
 * others: a comparison with a masked one could confirm a guess.
 */
export function isTextShown(root: PayloadRoot, text: string): boolean {
  return !isViewRedacted() || showText(redactionRules(), root, text) === text;
}

/**
 * A text in a value, or NULL if it may hold a redacted key: the operand of conditions. Errs on the safe side, so
 * that no condition depends on masked values. While nothing is redacted by its key, the text itself.
 */
export function comparableText(value: SQL): SQL {
  const pattern = maskablePattern();
  return pattern === null
    ? value
    : sql`case when not (${value} ~ ${pattern}::text) then ${value} end`;
}

/**
 * A regular expression of PostgreSQL that matches every text that may hold a redacted key; `null` if none can.
 *
 * @param root the kind of value, if the text is the JSON of a whole value.
 */
export function maskablePattern(root?: string): string | null {
  const hints = listHints(redactionRules(), root);
  if (hints.length === 0) return null;
  // Escapes and terminal codes may split a key.
  const coded = String.raw`\\[uU]|%[0-9a-fA-F]{2}|[\u001b\u0080-\u009f]`;
  return hints.includes("") ? "^" : [...hints.map(toPattern), coded].join("|");
}

/** Matches in any case, as any locale of the server defines it. */
function toPattern(hint: string): string {
  const toSign = (sign: string) => {
    // Lower case may have another length than upper case, and the Kelvin sign is also a k.
    if (!isAscii(sign)) return ".{0,2}";
    if (sign === "k") return ".";
    return /[a-z]/.test(sign)
      ? `[${sign}${sign.toUpperCase()}]`
      : `\\${sign}`.replace(/^\\(?=\w)/, "");
  };
  return [...hint].map(toSign).join("");
}

/** The number of characters of a value that a list shows. */
const LIMIT = 200;
/** Bytes of a value scanned for redacted keys before truncation. */
const LARGE = 65_536;
/** The same for all values of a list, of which each has at least `SMALL`. */
const LARGE_TOTAL = 8_388_608;
const SMALL = 1_024;

/** A user's text before redaction. It is not a string, so that the type checker finds any that is not redacted. */
export type Unredacted = { unredacted: string };

export const unredacted: Decoder<Unredacted> = (value) => ({ unredacted: text(value) });

/**
 * The text at a path, at most 200 characters. While anything is redacted it selects more, prefixed with its type,
 * for `redactColumn`. A path through every element of an array selects the values of all elements; a number selects
 * one element.
 *
 * @param values the number of values that the list shows.
 */
export function columnText(
  value: SQL,
  steps: JsonPath["steps"],
  values: number,
): SQL<Unredacted | null> {
  const most = Math.min(LARGE, Math.max(SMALL, Math.floor(LARGE_TOTAL / values)));
  const found = selectAt(value, upToArray(steps));
  if (!isViewRedacted()) {
    const shown = steps.includes(null)
      ? sql`(select string_agg(found #>> '{}', ', ') from (${selectEach(value, steps)} limit ${LIMIT}::int) as each)`
      : sql`(${found}) #>> '{}'`;
    return sql`left(${shown}, ${LIMIT}::int)`.mapWith(nullable(unredacted));
  }
  return sql`(
    select case
      when jsonb_typeof(found) = 'string' then 's' || left(found #>> '{}', ${most}::int)
      when pg_column_size(found) > ${most}::int then 'l'
      else 'j' || found::text end
    from (select ${found} as found offset 0) as there)`.mapWith(nullable(unredacted));
}

const INDEX = /^(0|[1-9]\d*)$/;
/** PostgreSQL accepts these as indexes too: negative ones count from the end. Here they are keys. */
const OTHER_INDEX = /^\s*[+-]?\d+$/;

/** The value at a path. Only `0`, `1`, `2` … are indexes of arrays. */
function selectAt(value: SQL, steps: string[]): SQL {
  let found = value;
  let path: string[] = [];
  const follow = () => {
    if (path.length > 0) found = sql`${found} #> ${sql.param(path)}::text[]`;
    path = [];
  };
  for (const step of steps) {
    if (INDEX.test(step) || !OTHER_INDEX.test(step)) path.push(step);
    else {
      follow();
      found = sql`(${found}) -> ${step}::text`;
    }
  }
  follow();
  return found;
}

/** A query of the values at a path, in the order of its arrays. Anything but an array has no elements. */
function selectEach(value: SQL, steps: JsonPath["steps"], depth = 0): SQL {
  const at = steps.indexOf(null);
  if (at < 0) return sql`select ${selectAt(value, steps as string[])} as found`;
  const list = selectAt(value, steps.slice(0, at) as string[]);
  const [element, deeper] = [sql.identifier(`element${depth}`), sql.identifier(`deeper${depth}`)];
  return sql`select ${deeper}.found
    from jsonb_array_elements(case when jsonb_typeof(${list}) = 'array' then ${list} end) as ${element} (value),
      lateral (${selectEach(sql`${element}.value`, steps.slice(at + 1), depth + 1)}) as ${deeper}`;
}

/** The text that a list shows for `columnText`: at most 200 characters, masked if a rule redacts it. */
export function redactColumn(
  { source, steps }: JsonPath,
  selected: Unredacted | null,
): string | null {
  if (selected === null) return null;
  const { unredacted: read } = selected;
  if (!isViewRedacted()) return read;
  const rules = redactionRules();
  const readings = listReadings(rules, source, upToArray(steps));
  if (!readings || readings.some((path) => isPathRedacted(rules, source, path)))
    return formatMask(1);
  const text = read.slice(1);
  if (read.startsWith("l")) return "large";
  if (read.startsWith("s")) return (showText(rules, source, text) ?? formatMask(1)).slice(0, LIMIT);
  const shown = readings.reduce((shown, path) => redactText(rules, source, shown, path).text, text);
  return (steps.includes(null) ? joinEach(shown, steps) : shown)?.slice(0, LIMIT) ?? null;
}

/** The values at a path through arrays, from the JSON text of the first array, in the format of `columnText`. */
function joinEach(array: string, steps: JsonPath["steps"]): string | null {
  let values = [parse(array)];
  for (const step of steps.slice(steps.indexOf(null)))
    values = values.flatMap((value) => {
      if (step === null) return Array.isArray(value) ? value : [];
      if (typeof value !== "object" || value === null || isLosslessNumber(value)) return [];
      if (Array.isArray(value)) return INDEX.test(step) ? [value[Number(step)]] : [];
      return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
    });
  const texts = values
    .filter((value) => value !== undefined && value !== null)
    .slice(0, LIMIT)
    .map((value) => (typeof value === "string" ? value : stringify(value)));
  return texts.length === 0 ? null : texts.join(", ");
}

/** The maximum number of readings of one path that are checked. */
const MOST_READINGS = 64;

/**
 * The ways to interpret a path in which a number is a key of an object or an index into an array, as far as rules
 * distinguish them; `null` if there are too many.
 */
function listReadings(
  rules: RedactionRules,
  source: PathSource,
  path: readonly string[],
): Step[][] | null {
  let readings: { place: Place; steps: Step[] }[] = [
    { place: rootPlace(rules, source), steps: [] },
  ];
  for (const step of path) {
    const forms: Step[] = INDEX.test(step) ? [step, Number(step)] : [step];
    const longer = readings.flatMap(({ place, steps }) =>
      forms.map((form) => ({ place: enterPlace(rules, place, form), steps: [...steps, form] })),
    );
    readings = [...new Map(longer.map((one) => [JSON.stringify(one.place), one])).values()];
    if (readings.length > MOST_READINGS) return null;
  }
  return readings.map(({ steps }) => steps);
}

function upToArray(steps: JsonPath["steps"]): string[] {
  return steps.slice(0, steps.includes(null) ? steps.indexOf(null) : undefined) as string[];
}
