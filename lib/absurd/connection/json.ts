import { parse, stringify } from "lossless-json";
import type { Json } from "../../model/json.ts";
import { InvalidArgumentError } from "../errors.ts";

/** Matches text that may hold a number beyond a double: sixteen digits in a row, or a three-digit exponent. */
const LARGE_NUMBER = /\d{16}|\d[eE]\+?\d{3}/;

/** Converting more digits takes a time that grows with their square. PostgreSQL stores up to 131,072. */
const MOST_DIGITS = 1_000;

/**
 * Parses JSON text exactly: integers beyond 2^53 become `bigint`, a key named `__proto__` is plain data, and the
 * last of several equal keys wins, as in jsonb.
 *
 * Fractions become the nearest double, as with `JSON.parse`; with more than 15 significant digits they may print
 * differently. Show or compare such values in SQL or as text.
 *
 * @throws SyntaxError if the text is not JSON, or holds a non-integer beyond the range of a double or an integer of
 * more than 1,000 digits.
 */
export function parseJson(text: string): Json {
  if (!LARGE_NUMBER.test(text)) return JSON.parse(text);
  return parse(text, null, {
    parseNumber,
    onDuplicateKey: ({ newValue }) => newValue,
  }) as Json;
}

function parseNumber(text: string): number | bigint {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  if (/^-?\d+$/.test(text)) {
    if (text.length > MOST_DIGITS) throw new SyntaxError("A number has more than 1,000 digits.");
    return BigInt(text);
  }
  if (!Number.isFinite(value)) throw new SyntaxError("A number is too large to be read exactly.");
  return value;
}

/**
 * Formats a value as JSON text; `bigint` becomes a plain integer. As with `JSON.stringify`, members that are
 * `undefined` are omitted and `toJSON` is called (for dates).
 *
 * @throws InvalidArgumentError for values that JSON can't express: NaN and infinities (`JSON.stringify` would turn
 * them into null), functions, symbols, `undefined` itself, and circular values.
 */
export function stringifyJson(value: Json): string {
  if (isPlain(value, 0)) return JSON.stringify(value);
  let text: string | undefined;
  try {
    text = stringify(value, refuseNonJson);
  } catch (error) {
    if (error instanceof RangeError)
      throw new InvalidArgumentError("The value contains itself, or is nested too deeply.");
    throw error;
  }
  if (text === undefined) throw new InvalidArgumentError("The value has no JSON form.");
  return text;
}

/** Values nested deeper are left to the library, which notices those that contain themselves. */
const MOST_DEPTH = 500;

/** Whether `JSON.stringify` writes the value completely. It is many times faster than the library. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > MOST_DEPTH || "toJSON" in value) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isPlain(item, depth + 1)) return false;
    return true;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  for (const key in value)
    if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false;
  return true;
}

function refuseNonJson(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new InvalidArgumentError(`${value} has no JSON form.`);
  if (typeof value === "function" || typeof value === "symbol")
    throw new InvalidArgumentError(`A ${typeof value} has no JSON form.`);
  return value;
}
