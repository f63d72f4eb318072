import type { Uuid } from "@/lib/model/ids";
import { type Iso, parseTimestamp, toInstant } from "@/lib/model/instants";

/**
 * Turns one column value, as the driver returns it, into a value of the domain.
 *
 * @throws DecodeError if the value has another type. Neither driver nor SQL can prove a row's type, so it is
 * checked here instead of being asserted.
 */
export type Decoder<T> = (value: unknown) => T;

/** A column that doesn't hold what its query promised: a bug in the query. Never quotes the value. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";

  constructor(expected: string, value: unknown) {
    super(`Expected ${expected}, got ${value === null ? "null" : typeof value}.`);
  }
}

/** `text`, and every other type that the driver returns as text. JSON columns need a cast to text to stay exact. */
export const text: Decoder<string> = (value) => {
  if (typeof value === "string") return value;
  throw new DecodeError("text", value);
};

/** `uuid`: lower-case canonical text, as PostgreSQL prints it. */
export const uuid: Decoder<Uuid> = text;

export const boolean: Decoder<boolean> = (value) => {
  if (typeof value === "boolean") return value;
  throw new DecodeError("a boolean", value);
};

/** `float8`, and `numeric` or `bigint` up to 2^53: the driver returns those two as text. */
export const number: Decoder<number> = (value) => {
  const decoded = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof decoded === "number" && !Number.isNaN(decoded)) return decoded;
  throw new DecodeError("a number", value);
};

/** `integer`, and `bigint` or `count(*)` up to 2^53. */
export const integer: Decoder<number> = (value) => {
  const decoded = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof decoded === "number" && Number.isSafeInteger(decoded)) return decoded;
  throw new DecodeError("an integer", value);
};

/** `timestamptz`, in any session time zone; the session's date style must be ISO. */
export const instant: Decoder<Iso> = (value) => {
  if (typeof value === "string") return parseTimestamp(value);
  if (value instanceof Date) return toInstant(value.getTime());
  // The driver's own parser returns the infinities as numbers.
  if (typeof value === "number") return toInstant(value);
  throw new DecodeError("an instant", value);
};

/**
 * An object in one of the dashboard's own `jsonb` columns. Its numbers are doubles, so never use it for values of
 * users.
 */
export const jsonObject: Decoder<Record<string, unknown>> = (value) => {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new DecodeError("a JSON object", value);
};

/** `null` for SQL NULL, otherwise the result of `decode`. */
export function nullable<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value) => (value === null ? null : decode(value));
}

/** An array, of PostgreSQL or in JSON. */
export function array<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value) => {
    if (Array.isArray(value)) return value.map((item) => decode(item));
    throw new DecodeError("an array", value);
  };
}

/** A text that is one of these, such as a state. */
export function oneOf<const T extends string>(values: readonly T[]): Decoder<T> {
  const known = new Set<unknown>(values);
  return (value) => {
    if (known.has(value)) return value as T;
    throw new DecodeError(`one of ${values.join(", ")}`, value);
  };
}
