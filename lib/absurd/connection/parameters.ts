/** Checks arguments that the engine would accept and fail on later, or refuse with an obscure message. */
import type { Json } from "../../model/json.ts";
import { InvalidArgumentError } from "../errors.ts";
import { stringifyJson } from "./json.ts";

/** @throws InvalidArgumentError when the text is blank by the engine's definition: empty or only spaces. */
export function requireText(what: string, value: string): void {
  if (typeof value !== "string" || /^ *$/.test(value))
    throw new InvalidArgumentError(`${what} must not be empty.`);
}

/** @throws InvalidArgumentError unless the value is a whole number from `least` to 2^31 - 1. */
export function requireInteger(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > 2 ** 31 - 1)
    throw new InvalidArgumentError(`${what} must be a whole number of at least ${least}.`);
}

/** @throws InvalidArgumentError unless the value is finite and not negative. */
export function requireQuantity(what: string, value: number): void {
  if (!Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError(`${what} must be a number of at least 0.`);
}

/** @throws InvalidArgumentError unless the value is one of `allowed`. */
export function requireOneOf(what: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new InvalidArgumentError(`${what} must be one of ${allowed.join(", ")}.`);
}

/** A JSON value as a statement parameter: text, or SQL NULL for `undefined`. */
export function jsonParameter(value: Json | undefined): string | null {
  return value === undefined ? null : stringifyJson(value);
}

/**
 * A date as ISO-8601 text in UTC, with `+00:00` and milliseconds: `2026-03-02T12:00:00.000+00:00`. Sleep checkpoints
 * hold this form because workers in every language parse it; `datetime.fromisoformat` of Python 3.9 and 3.10 rejects
 * `Z`.
 */
export function formatInstant(date: Date): string {
  return date.toISOString().replace("Z", "+00:00");
}

/** `formatInstant` for a caller's date. @throws InvalidArgumentError outside the years 1 to 9999. */
export function instantParameter(what: string, date: Date): string {
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw new InvalidArgumentError(`${what} is not a valid date.`);
  return formatInstant(date);
}
