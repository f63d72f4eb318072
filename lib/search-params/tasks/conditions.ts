/** A task's JSON values with which a path can start. `error` is the failure of any of its attempts. */
export const PATH_SOURCES = ["params", "headers", "result", "error"] as const;
export type PathSource = (typeof PATH_SOURCES)[number];

/** A path into a JSON value: keys from the root; `null` matches every element of an array. */
export type JsonPath = { source: PathSource; steps: (string | null)[] };

/** A quoted text with JSON escapes; sticky. */
export const QUOTED = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;

const BARE_KEY = /[^\s."':<>=[\],\\]+/y;

/** Quotes a text so that `QUOTED` matches it. */
export function quote(text: string): string {
  const coded = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/\p{Cc}/gu, coded);
}

/** The match of a sticky pattern at a position, or `undefined`. */
export function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The maximum number of steps of a path. */
const MOST_STEPS = 100;

/** Whether PostgreSQL can store a text in JSON: no U+0000 and no lone surrogate. */
export function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

/**
 * Scans the path at a position, such as `params.order.id`, `params.items[].sku` or `headers."a.b"`, and returns it with
 * its end; `null` if there is none, or one of more than a hundred steps.
 */
export function scanPath(text: string, from: number): { path: JsonPath; end: number } | null {
  const source = PATH_SOURCES.find((word) => text.startsWith(word, from));
  if (!source) return null;
  const steps: (string | null)[] = [];
  let end = from + source.length;
  for (;;) {
    if (steps.length > MOST_STEPS) return null;
    if (text.startsWith("[]", end)) {
      steps.push(null);
      end += 2;
    } else if (text[end] === ".") {
      const quoted = matchAt(QUOTED, text, end + 1);
      const key = quoted ?? matchAt(BARE_KEY, text, end + 1);
      if (key === undefined) return null;
      const name = quoted === undefined ? key : (JSON.parse(quoted) as string);
      if (!isStorable(name)) return null;
      steps.push(name);
      end += 1 + key.length;
    } else return { path: { source, steps }, end };
  }
}

/** Parses a text that is exactly one path. */
export function parsePath(text: string): JsonPath | null {
  const scanned = scanPath(text, 0);
  return scanned?.end === text.length ? scanned.path : null;
}

/** The canonical text of a path; the inverse of `parsePath`. */
export function formatPath({ source, steps }: JsonPath): string {
  return source + steps.map((step) => (step === null ? "[]" : `.${printKey(step)}`)).join("");
}

function printKey(key: string): string {
  return matchAt(BARE_KEY, key, 0) === key ? key : quote(key);
}

export const COMPARISONS = [">=", "<=", ">", "<", ":"] as const;
/** `:` is equality. */
export type Comparison = (typeof COMPARISONS)[number];

/**
 * The value of a comparison. A quoted value is a string. An unquoted value that looks like a number, `true`, `false` or
 * `null` matches both that JSON value and the string with the same characters.
 */
export type ConditionValue = { text: string; quoted: boolean };

/** One condition on a JSON value of a task, such as `params.order.id:42` or `result.total>100`. */
export type PathCondition = { path: JsonPath; comparison: Comparison; value: ConditionValue };

/** A condition on the number of attempts. */
export type AttemptsCondition = { comparison: Comparison; count: number };

// A number with many digits is exact, but an exponent of four digits would expand to a thousand digits or more.
const NUMBER = /^-?(?:0|[1-9]\d{0,199})(?:\.\d{1,200})?(?:[eE][+-]?\d{1,3})?$/;

/** Scans the comparison at a position; `=` means `:`. */
export function scanComparison(
  text: string,
  at: number,
): { comparison: Comparison; end: number } | null {
  if (text[at] === "=") return { comparison: ":", end: at + 1 };
  const comparison = COMPARISONS.find((sign) => text.startsWith(sign, at));
  return comparison ? { comparison, end: at + comparison.length } : null;
}

/** Scans the value at a position: a quoted text, or all characters up to the next white space. */
export function scanValue(text: string, at: number): { value: ConditionValue; end: number } | null {
  const written = text[at] === '"' ? matchAt(QUOTED, text, at) : matchAt(/\S+/y, text, at);
  if (written === undefined) return null;
  const end = at + written.length;
  if (text[at] !== '"') return { value: { text: written, quoted: false }, end };
  if (end < text.length && !/\s/.test(text.charAt(end))) return null;
  return { value: { text: JSON.parse(written) as string, quoted: true }, end };
}

/** JSON texts of equal values. Numbers keep their text, so that none is rounded. */
export function jsonCandidates({ text, quoted }: ConditionValue): string[] {
  const string = JSON.stringify(text);
  if (quoted) return [string];
  const literal = NUMBER.test(text) || /^(true|false|null)$/.test(text);
  return literal ? [text, string] : [string];
}

/** The JSON text of a bound: a number if it is one and not quoted, otherwise a string. */
export function jsonBound({ text, quoted }: ConditionValue): string {
  return !quoted && NUMBER.test(text) ? text : JSON.stringify(text);
}

/** Parses a text that is exactly one condition on a path. */
export function parseCondition(text: string): PathCondition | null {
  const path = scanPath(text, 0);
  const sign = path && scanComparison(text, path.end);
  const value = sign && scanValue(text, sign.end);
  if (!value || value.end !== text.length || !isStorable(value.value.text)) return null;
  return { path: path.path, comparison: sign.comparison, value: value.value };
}

/** The canonical text of a condition; the inverse of `parseCondition`. */
export function formatCondition({ path, comparison, value }: PathCondition): string {
  return `${formatPath(path)}${comparison}${value.quoted ? quote(value.text) : value.text}`;
}

/** Parses `3`, `>2` or `<=5`: a comparison (default: equality) with an integer from 0 to 999,999,999. */
export function parseAttempts(text: string): AttemptsCondition | null {
  const sign = scanComparison(text, 0) ?? { comparison: ":" as const, end: 0 };
  const digits = text.slice(sign.end);
  return /^\d{1,9}$/.test(digits) ? { comparison: sign.comparison, count: Number(digits) } : null;
}

/** The text after `attempts`, such as `>2`. */
export function formatAttempts({ comparison, count }: AttemptsCondition): string {
  return `${comparison}${count}`;
}
