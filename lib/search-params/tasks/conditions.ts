/** The JSON values of a task that a path may begin in. `error` is the failure of one of its attempts. */
export const PATH_SOURCES = ["params", "headers", "result", "error"] as const;
export type PathSource = (typeof PATH_SOURCES)[number];

/** A place in a JSON value: keys from the outside in; `null` stands for every element of an array. */
export type JsonPath = { source: PathSource; steps: (string | null)[] };

/** The text between quotation marks, with JSON's own escapes. */
export const QUOTED = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;

const BARE_KEY = /[^\s."':<>=[\],\\]+/y;

/** A text between quotation marks, as `QUOTED` reads it. */
export function quote(text: string): string {
  const coded = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/\p{Cc}/gu, coded);
}

/** What matches a sticky pattern at a position, or `undefined`. */
export function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Whether PostgreSQL can hold a text inside a JSON value: neither U+0000 nor half a character. */
export function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

/**
 * Reads the path that begins at a position, such as `params.order.id`, `params.items[].sku` or `headers."a.b"`, and
 * says where it ends. `null` when there is none.
 */
export function scanPath(text: string, from: number): { path: JsonPath; end: number } | null {
  const source = PATH_SOURCES.find((word) => text.startsWith(word, from));
  if (!source) return null;
  const steps: (string | null)[] = [];
  let end = from + source.length;
  for (;;) {
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

/** Reads a text that is one path and nothing else. */
export function parsePath(text: string): JsonPath | null {
  const scanned = scanPath(text, 0);
  return scanned?.end === text.length ? scanned.path : null;
}

/** The one way to write a path; `parsePath` reads it back. */
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
 * What a value at a path is compared with. A quoted one is that string; an unquoted one that looks like a number,
 * `true`, `false` or `null` means this or the string of the same letters.
 */
export type ConditionValue = { text: string; quoted: boolean };

/** One condition on a JSON value of a task, such as `params.order.id:42` or `result.total>100`. */
export type PathCondition = { path: JsonPath; comparison: Comparison; value: ConditionValue };

/** A condition on the number of attempts. */
export type AttemptsCondition = { comparison: Comparison; count: number };

// A number of any length is exact, but an exponent of four digits would be a number of a thousand digits and more.
const NUMBER = /^-?(?:0|[1-9]\d{0,199})(?:\.\d{1,200})?(?:[eE][+-]?\d{1,3})?$/;

/** The comparison that stands at a position; `=` is read as `:`. */
export function scanComparison(
  text: string,
  at: number,
): { comparison: Comparison; end: number } | null {
  if (text[at] === "=") return { comparison: ":", end: at + 1 };
  const comparison = COMPARISONS.find((sign) => text.startsWith(sign, at));
  return comparison ? { comparison, end: at + comparison.length } : null;
}

/** The value at a position: a quoted text, or everything up to the next white space. */
export function scanValue(text: string, at: number): { value: ConditionValue; end: number } | null {
  const written = text[at] === '"' ? matchAt(QUOTED, text, at) : matchAt(/\S+/y, text, at);
  if (written === undefined) return null;
  const end = at + written.length;
  if (text[at] !== '"') return { value: { text: written, quoted: false }, end };
  if (end < text.length && !/\s/.test(text.charAt(end))) return null;
  return { value: { text: JSON.parse(written) as string, quoted: true }, end };
}

/** The JSON texts an equal value may have; numbers stay as written, so that none is rounded. */
export function jsonCandidates({ text, quoted }: ConditionValue): string[] {
  const string = JSON.stringify(text);
  if (quoted) return [string];
  const literal = NUMBER.test(text) || /^(true|false|null)$/.test(text);
  return literal ? [text, string] : [string];
}

/** The JSON text of a bound: a number where it is one and not quoted, else a string. */
export function jsonBound({ text, quoted }: ConditionValue): string {
  return !quoted && NUMBER.test(text) ? text : JSON.stringify(text);
}

/** Reads a text that is one condition on a path and nothing else. */
export function parseCondition(text: string): PathCondition | null {
  const path = scanPath(text, 0);
  const sign = path && scanComparison(text, path.end);
  const value = sign && scanValue(text, sign.end);
  if (!value || value.end !== text.length || !isStorable(value.value.text)) return null;
  return { path: path.path, comparison: sign.comparison, value: value.value };
}

/** The one way to write a condition; `parseCondition` reads it back. */
export function formatCondition({ path, comparison, value }: PathCondition): string {
  return `${formatPath(path)}${comparison}${value.quoted ? quote(value.text) : value.text}`;
}

/** Reads `3`, `>2`, `<=5`: a comparison, equality by default, with a whole number from 0 to 999,999,999. */
export function parseAttempts(text: string): AttemptsCondition | null {
  const sign = scanComparison(text, 0) ?? { comparison: ":" as const, end: 0 };
  const digits = text.slice(sign.end);
  return /^\d{1,9}$/.test(digits) ? { comparison: sign.comparison, count: Number(digits) } : null;
}

/** As in `attempts>2`, with `attempts` left out. */
export function formatAttempts({ comparison, count }: AttemptsCondition): string {
  return `${comparison}${count}`;
}
