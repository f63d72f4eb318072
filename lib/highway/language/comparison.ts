import { stringifyJson } from "../../absurd/connection/json.ts";
import type { Json } from "../../model/json.ts";
import { TemplateError } from "./template.ts";

/** Whether a value counts as true: anything except false, 0, "", "false", null, and empty lists and mappings. */
export function isTrue(value: Json): boolean {
  if (typeof value === "string") return !["", "false"].includes(value.trim().toLowerCase());
  if (typeof value === "number") return value !== 0 && !Number.isNaN(value);
  if (typeof value === "bigint") return value !== 0n;
  if (typeof value !== "object" || value === null) return value === true;
  return Object.keys(value).length > 0;
}

/**
 * Equality of values that are often text: text is trimmed, a number equals its digits, and a boolean its word in
 * any case. Lists and mappings are equal if their JSON is.
 */
export function looselyEqual(a: Json, b: Json): boolean {
  const [left, right] = [trim(a), trim(b)];
  const numbers = bothNumbers(left, right);
  if (numbers) return order(...numbers) === 0;
  if (typeof left === "boolean" || typeof right === "boolean")
    return String(left).toLowerCase() === String(right).toLowerCase();
  if (typeof left !== typeof right) return false;
  return left === right || stringifyJson(left) === stringifyJson(right);
}

/** Order of two numbers, or of two texts by code unit. @throws TemplateError for other values. */
export function compare(a: Json, b: Json): number {
  const [left, right] = [trim(a), trim(b)];
  const numbers = bothNumbers(left, right);
  if (numbers) return order(...numbers);
  if (typeof left !== "string" || typeof right !== "string")
    throw new TemplateError(`${stringifyJson(a)} and ${stringifyJson(b)} have no order`);
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Whether a list contains an item, a text a substring, or a mapping a key. @throws TemplateError for other values.
 */
export function contains(whole: Json, part: Json): boolean {
  if (Array.isArray(whole)) return whole.some((item) => looselyEqual(item, part));
  if (typeof whole === "string") return whole.includes(String(trim(part)));
  if (typeof whole === "object" && whole !== null) return Object.hasOwn(whole, String(part));
  throw new TemplateError(`${stringifyJson(whole)} cannot contain anything`);
}

/** JavaScript compares a number and a bigint by value. */
function order(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function trim(value: Json): Json {
  return typeof value === "string" ? value.trim() : value;
}

/** Both values as numbers. Two texts are never numbers; a numeric text is one if the other value is a number. */
function bothNumbers(a: Json, b: Json): [number | bigint, number | bigint] | undefined {
  const isNumber = (value: Json) => typeof value === "number" || typeof value === "bigint";
  if (!isNumber(a) && !isNumber(b)) return undefined;
  const [left, right] = [toNumber(a), toNumber(b)];
  return left === undefined || right === undefined ? undefined : [left, right];
}

function toNumber(value: Json): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value !== "string" || !/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value))
    return undefined;
  return /^[+-]?\d{16,}$/.test(value) ? BigInt(value.replace("+", "")) : Number(value);
}
