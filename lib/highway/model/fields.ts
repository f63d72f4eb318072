import type { Json } from "../../model/json.ts";
import { fromEntries, listEntries } from "../language/key-order.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { normaliseInstant, parseCountedInstant } from "./instant.ts";
import { joinPath, type Problem } from "./problem.ts";

/**
 * For this many unknown fields of a document a similar name is searched for, which takes longer than reporting them.
 */
const MOST_HINTS = 100;
/** A key of more characters is no misspelled field. */
const LONGEST_MISSPELLED = 60;

/** A place in a document, and the list that collects its problems. */
export class Place {
  constructor(
    readonly path: string,
    private readonly problems: Problem[],
    private readonly hints = { left: MOST_HINTS },
  ) {}

  member(key: string | number): Place {
    return new Place(joinPath(this.path, key), this.problems, this.hints);
  }

  /** The same place of the same document, with another list of problems. */
  collecting(problems: Problem[]): Place {
    return new Place(this.path, problems, this.hints);
  }

  error(code: string, message: string, hint?: string): void {
    this.report("error", code, message, hint);
  }

  warn(code: string, message: string, hint?: string): void {
    this.report("warning", code, message, hint);
  }

  /** Adds what was reported elsewhere. */
  add(problems: readonly Problem[]): void {
    for (const problem of problems) this.problems.push(problem);
  }

  /** Whether one more hint may be searched for. */
  takeHint(): boolean {
    return this.hints.left-- > 0;
  }

  private report(severity: Problem["severity"], code: string, message: string, hint?: string) {
    this.problems.push({ path: this.path, code, severity, message, ...(hint && { hint }) });
  }
}

/**
 * Decodes one value, `undefined` if the key is absent. Reports what is wrong with it and then returns a value of
 * the right type, so that decoding continues.
 */
export type Field<T> = (value: unknown, place: Place) => T;

/** The code of problems that leave no workflow to convert or draw. */
export const SHAPE = "type";
export const MISSING = "missing";
export const NO_MODEL: ReadonlySet<string> = new Set([SHAPE, MISSING]);

/** The type of a value and its first characters, for messages. */
export function describeType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return value === "" ? "empty text" : `the text ${JSON.stringify(value.slice(0, 40))}`;
    case "number":
    case "bigint":
      return `the number ${value}`;
    case "boolean":
      return `the boolean ${value}`;
    case "object":
      return "a mapping";
    default:
      return "absent";
  }
}

function reject<T>(place: Place, value: unknown, wanted: string, hint: string, instead: T): T {
  if (value === undefined) place.error(MISSING, `is missing; it must be ${wanted}`, hint);
  else place.error(SHAPE, `must be ${wanted}, but is ${describeType(value)}`, hint);
  return instead;
}

export const text: Field<string> = (value, place) => {
  if (typeof value === "string") return value;
  return reject(place, value, "text", hintForText(value), "");
};

function hintForText(value: unknown): string {
  // YAML also parses other words as booleans.
  if (typeof value === "boolean") return "write it in quotes";
  return typeof value === "object" ? "write text" : `write it in quotes: "${value ?? "…"}"`;
}

/** Text such as `1.0`, which YAML and JSON parse as the number 1 without quotes. */
export const version: Field<string> = (value, place) => {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  if (!isNumber) return text(value, place);
  const example = Number.isInteger(value) ? `"${value}.0" or "${value}"` : `"${value}"`;
  return reject(place, value, "text", `write it in quotes, with all of its digits: ${example}`, "");
};

/** True or false; 1, 0 and the words that the Python package accepts, such as `y` and `off`, are booleans here. */
export const boolean: Field<boolean> = (value, place) => {
  if (typeof value === "boolean") return value;
  const word = typeof value === "object" ? "" : String(value).toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  return reject(place, value, "true or false", "without quotes", false);
};

const TRUE: ReadonlySet<string> = new Set(["1", "on", "t", "true", "y", "yes"]);
const FALSE: ReadonlySet<string> = new Set(["0", "off", "f", "false", "n", "no"]);

export const number: Field<number> = (value, place) => {
  const parsed = typeof value === "bigint" ? Number(value) : value;
  if (typeof parsed === "number" && Number.isFinite(parsed)) return parsed;
  return reject(place, value, "a number", "without quotes", 0);
};

/** A number; one in quotes is accepted. */
export const decimal: Field<number> = (value, place) =>
  number(typeof value === "string" ? (parseDecimal(value) ?? value) : value, place);

const DIGITS = String.raw`\d+(?:_\d+)*`;
const DECIMAL = new RegExp(
  `^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[+-]?\\d+)?$`,
  "i",
);
const WHOLE = new RegExp(`^[+-]?${DIGITS}(?:\\.0+)?$`);

/**
 * The number that a text represents, as Python's `float` parses it: `2e0`, `.5`, ` 1_000 `. `undefined` for
 * anything else, including infinity.
 */
export function parseDecimal(text: string): number | undefined {
  const digits = text.trim();
  const parsed = DECIMAL.test(digits) ? Number(digits.replaceAll("_", "")) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** A whole number; one in quotes is accepted. */
export const integer: Field<number> = (value, place) =>
  toInteger(value) ?? reject(place, value, "a whole number", "such as 3", 0);

function toInteger(value: unknown): number | undefined {
  const isText = typeof value === "string" && WHOLE.test(value.trim());
  const whole = isText ? parseDecimal(value) : value;
  const parsed = typeof whole === "bigint" ? Number(whole) : whole;
  return typeof parsed === "number" && Number.isSafeInteger(parsed) ? parsed : undefined;
}

/** A whole number within bounds, both inclusive. The messages match the Python package. */
export function integerFrom(minimum: number, maximum = Number.POSITIVE_INFINITY): Field<number> {
  return (value, place) => {
    const parsed = integer(value, place);
    if (toInteger(value) === undefined) return minimum;
    if (parsed < minimum) place.error(SHAPE, `Input should be greater than or equal to ${minimum}`);
    else if (parsed > maximum)
      place.error(SHAPE, `Input should be less than or equal to ${maximum}`);
    return parsed;
  };
}

export const duration: Field<string> = (value, place) => {
  const seconds = parseDuration(value);
  if (seconds !== undefined) return formatDuration(seconds);
  return reject(place, value, "a duration", 'seconds, or ISO 8601 such as "PT1M30S"', "PT0S");
};

/** An ISO 8601 instant; a number counts from 1970, as in the Python package. */
export const instant: Field<string> = (value, place) => {
  const normal = typeof value === "string" ? normaliseInstant(value) : undefined;
  if (normal !== undefined) return normal;
  const counted = parseCountedInstant(value);
  if (counted === undefined)
    return reject(place, value, "a date or time", 'such as "2026-03-01T06:15:00Z"', "");
  const { instant: at, unit } = counted;
  const digits = String(value);
  const date = normaliseInstant(digits.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"));
  place.warn(
    "counted_time",
    `is the number ${digits}, which is read as ${unit} since 1970: ${at}`,
    date ? `write "${date.slice(0, 10)}" if that date is meant` : `write "${at}" if that is meant`,
  );
  return at;
};

/** One of some words. `message` replaces the usual one for any other text. */
export function oneOf<const T extends string>(
  values: readonly T[],
  message?: (value: string) => string,
): Field<T> {
  const listed = `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  const [first] = values;
  return (value, place) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    if (message && typeof value === "string") place.error(SHAPE, message(value));
    else reject(place, value, `one of ${listed}`, "case-sensitive", first);
    return first as T;
  };
}

export const json: Field<Json> = (value) => (value ?? null) as Json;

/** A list of this field. Any other value is a problem and is replaced by an empty list. */
export function list<T>(item: Field<T>): Field<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) return reject(place, value, "a list", "such as [a, b]", []);
    return value.map((element, index) => item(element, place.member(index)));
  };
}

/** A mapping from any key to this field. Any other value is a problem and is replaced by an empty mapping. */
export function mapping<T>(item: Field<T>): Field<Record<string, T>> {
  return (value, place) => {
    if (!isMapping(value)) return reject(place, value, "a mapping", "such as {key: value}", {});
    const entries = listEntries(value);
    return fromEntries(entries.map(([key, one]) => [key, item(one, place.member(key))]));
  };
}

/** Whether a value is an object and not a list. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field may be absent or null, which means the same. */
export function nullable<T>(field: Field<T>): Field<T | null> {
  return (value, place) => (value === undefined || value === null ? null : field(value, place));
}

/** The field may be absent; null is an error. */
export function orElse<T>(field: Field<T>, fallback: () => T): Field<T> {
  return (value, place) => (value === undefined ? fallback() : field(value, place));
}

/** The fields of an object, in the order in which they are written. */
export type Fields<T> = { [Key in keyof T]-?: Field<T[Key]> };

/** An object with these fields. */
export function object<T extends object>(fields: Fields<T>): Field<T> {
  return (value, place) => {
    if (isMapping(value)) return decodeFields(fields, value, place);
    reject(place, value, "a mapping", "such as {key: value}", {});
    return decodeFields(fields, {}, new Place("", []));
  };
}

/**
 * Decodes the known fields in order and appends all others. Unknown fields are warnings, unless `open` marks the
 * known ones as incomplete.
 */
export function decodeFields<T extends object>(
  fields: Fields<T>,
  value: Record<string, unknown>,
  place: Place,
  { open = false } = {},
): T {
  const known = Object.entries<Field<unknown>>(fields).map(([key, field]): [string, unknown] => {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    return [key, field(given, place.member(key))];
  });
  const others = listEntries(value).filter(([key]) => !Object.hasOwn(fields, key));
  if (!open)
    for (const [key] of others) {
      const near = place.takeHint() ? findNearest(key, Object.keys(fields)) : undefined;
      place
        .member(key)
        .warn(
          "unknown_field",
          "is not a field of the language; it is kept and has no effect",
          near && `did you mean ${near}?`,
        );
    }
  return fromEntries([...known, ...others]) as T;
}

/** The field most similar to a word: few edits away, or at least with a common prefix. The last one on a tie. */
function findNearest(word: string, fields: readonly string[]): string | undefined {
  if (word.length > LONGEST_MISSPELLED) return undefined;
  const scores = fields.map((field) => ({ field, score: scoreLikeness(word, field) }));
  const best = Math.min(...scores.map(({ score }) => score));
  const limit = Math.max(1, Math.floor(word.length / 3));
  return best <= limit ? scores.findLast(({ score }) => score === best)?.field : undefined;
}

/**
 * The fewest edits between a word and a field, or a prefix of the field's words: `timeuot` is close to
 * `timeout_policy`.
 */
function scoreLikeness(word: string, field: string): number {
  if ((field.startsWith(word) || word.startsWith(field)) && word.length > 2) return 1;
  const words = field.split("_");
  const beginnings = words.slice(1).map((_, index) => words.slice(0, index + 1).join("_"));
  const edits = Math.min(
    countEdits(word, field),
    ...beginnings.map((beginning) => countEdits(word, beginning) + 0.5),
  );
  return Math.min(edits, beginAlike(word, field) ? Math.floor(word.length / 3) : edits);
}

/** Whether more than half of the word is a prefix of the field, as with `depends_on` and `dependencies`. */
function beginAlike(word: string, field: string): boolean {
  const begin = Math.max(4, Math.ceil(word.length / 2));
  return word.length >= begin && field.startsWith(word.slice(0, begin));
}

/** Letters that are inserted, deleted or replaced, and neighbours that are swapped. */
function countEdits(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          (rows[i - 1]?.[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]),
          (rows[i - 1]?.[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          isSwapped ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}
