import { parse, stringify } from "lossless-json";
import type { Json } from "../../model/json.ts";
import { InvalidArgumentError } from "../errors.ts";

/** What may need more than a double: sixteen digits in a row, or an exponent of three. */
const LARGE_NUMBER = /\d{16}|\d[eE]\+?\d{3}/;

/**
 * Reads JSON text without losing anything JavaScript can hold: integers that a double would round become `bigint`, a
 * key named `__proto__` is plain data, and of repeated keys the last one counts, as in jsonb.
 *
 * Fractions become the nearest double, as in `JSON.parse`: one with more than 15 significant digits may be printed
 * differently afterwards. Show or compare such values in SQL or as text.
 *
 * @throws SyntaxError when the text is not JSON, or holds a number that no double and no plain integer can express.
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
  if (/^-?\d+$/.test(text)) return BigInt(text);
  if (!Number.isFinite(value)) throw new SyntaxError("A number is too large to be read exactly.");
  return value;
}

/**
 * Writes a value as JSON text; `bigint` becomes a plain integer. Members that are `undefined` are left out, as in
 * `JSON.stringify`, and objects with `toJSON` (dates) are written by it.
 *
 * @throws InvalidArgumentError for what JSON cannot express: NaN and the infinities (which `JSON.stringify` would
 * silently turn into null), functions, symbols, `undefined` itself, and values that contain themselves.
 */
export function stringifyJson(value: Json): string {
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

function refuseNonJson(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new InvalidArgumentError(`${value} has no JSON form.`);
  if (typeof value === "function" || typeof value === "symbol")
    throw new InvalidArgumentError(`A ${typeof value} has no JSON form.`);
  return value;
}
