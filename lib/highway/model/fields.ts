import type { Json } from "../../model/json.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { normaliseInstant } from "./instant.ts";
import { joinPath, type Problem } from "./problem.ts";

/** A place in a document, and the list its problems go to. */
export class Place {
  constructor(
    readonly path: string,
    private readonly problems: Problem[],
  ) {}

  member(key: string | number): Place {
    return new Place(joinPath(this.path, key), this.problems);
  }

  error(code: string, message: string, hint?: string): void {
    this.report("error", code, message, hint);
  }

  warn(code: string, message: string, hint?: string): void {
    this.report("warning", code, message, hint);
  }

  private report(severity: Problem["severity"], code: string, message: string, hint?: string) {
    this.problems.push({ path: this.path, code, severity, message, ...(hint && { hint }) });
  }
}

/** Reads one value; reports what is wrong with it and then returns a stand-in. `undefined` means the key is absent. */
export type Field<T> = (value: unknown, place: Place) => T;

/** The code of problems after which there is no workflow to show. */
export const SHAPE = "type";
export const MISSING = "missing";

/** What a value is, in the words of a document. */
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

function wrong<T>(place: Place, value: unknown, wanted: string, hint: string, instead: T): T {
  if (value === undefined) place.error(MISSING, `is missing; it must be ${wanted}`, hint);
  else place.error(SHAPE, `must be ${wanted}, but is ${describeType(value)}`, hint);
  return instead;
}

export const text: Field<string> = (value, place) => {
  if (typeof value === "string") return value;
  const hint = typeof value === "object" ? "write text" : `write it in quotes: "${value ?? "…"}"`;
  return wrong(place, value, "text", hint, "");
};

export const boolean: Field<boolean> = (value, place) =>
  typeof value === "boolean"
    ? value
    : wrong(place, value, "true or false", "without quotes", false);

export const number: Field<number> = (value, place) => {
  const parsed = typeof value === "bigint" ? Number(value) : value;
  if (typeof parsed === "number" && Number.isFinite(parsed)) return parsed;
  return wrong(place, value, "a number", "without quotes", 0);
};

/** A whole number; digits in quotes are taken, too. */
export const integer: Field<number> = (value, place) => {
  const digits = typeof value === "string" && /^[+-]?\d{1,15}$/.test(value.trim());
  const parsed = digits || typeof value === "bigint" ? Number(value) : value;
  if (typeof parsed === "number" && Number.isSafeInteger(parsed)) return parsed;
  return wrong(place, value, "a whole number", "such as 3", 0);
};

export const duration: Field<string> = (value, place) => {
  const seconds = parseDuration(value);
  if (seconds !== undefined) return formatDuration(seconds);
  return wrong(place, value, "a duration", 'seconds, or ISO 8601 such as "PT1M30S"', "PT0S");
};

export const instant: Field<string> = (value, place) => {
  const normal = typeof value === "string" ? normaliseInstant(value) : undefined;
  return normal ?? wrong(place, value, "a date or time", 'such as "2026-03-01T06:15:00Z"', "");
};

export function oneOf<const T extends string>(values: readonly T[]): Field<T> {
  const listed = `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  return (value, place) => {
    const found = values.find((one) => one === value);
    return found ?? wrong(place, value, `one of ${listed}`, "spelled exactly so", values[0] as T);
  };
}

export const json: Field<Json> = (value) => (value ?? null) as Json;

export function list<T>(item: Field<T>): Field<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) return wrong(place, value, "a list", "such as [a, b]", []);
    return value.map((element, index) => item(element, place.member(index)));
  };
}

export function mapping<T>(item: Field<T>): Field<Record<string, T>> {
  return (value, place) => {
    if (!isMapping(value)) return wrong(place, value, "a mapping", "such as {key: value}", {});
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, one]) => [key, item(one, place.member(key))]));
  };
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field may be absent or null, which is the same. */
export function nullable<T>(field: Field<T>): Field<T | null> {
  return (value, place) => (value === undefined || value === null ? null : field(value, place));
}

/** The field may be absent; null is a mistake. */
export function orElse<T>(field: Field<T>, fallback: () => T): Field<T> {
  return (value, place) => (value === undefined ? fallback() : field(value, place));
}

/** The fields of an object, in the order in which they are written. */
export type Fields<T> = { [Key in keyof T]-?: Field<T[Key]> };

/** Reads the named fields in their order and keeps all others behind them. */
export function readFields<T extends object>(
  fields: Fields<T>,
  value: Record<string, unknown>,
  place: Place,
): T {
  const known = Object.entries<Field<unknown>>(fields).map(([key, field]) => {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    return [key, field(given, place.member(key))];
  });
  const others = Object.entries(value).filter(([key]) => !Object.hasOwn(fields, key));
  return Object.fromEntries([...known, ...others]) as T;
}
