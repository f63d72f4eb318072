import { stringifyJson } from "../../absurd/json.ts";
import type { Json } from "../../model/json.ts";

/** A template or expression that cannot be read, or names what is not there. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** The value of a path such as `["order", "lines", 0]`. @throws TemplateError when there is none. */
export type Lookup = (path: readonly (string | number)[]) => Json;

const TEMPLATE = /\{\{(.*?)\}\}|\$\{(.*?)\}/gs;
const PATH = /^([A-Za-z_][\w-]*)((?:\.[\w-]+|\[(?:-?\d+|'[^']*'|"[^"]*")\])*)$/;
const STEP = /\.([\w-]+)|\[(?:(-?\d+)|'([^']*)'|"([^"]*)")\]/g;

/** The parts of `order.lines[0].sku`. @throws TemplateError for anything that is not a path. */
export function parsePath(text: string): (string | number)[] {
  const [, name, rest = ""] = PATH.exec(text.trim()) ?? [];
  if (name === undefined)
    throw new TemplateError(`'${text.trim()}' is not a path such as order.id`);
  const steps = [...rest.matchAll(STEP)].map(([, key, index, single, double]) =>
    index === undefined ? (key ?? single ?? double ?? "") : Number(index),
  );
  return [name, ...steps];
}

/**
 * Replaces the templates in a value, in lists and the values of mappings, too. Text that is exactly one template
 * becomes what that yields; otherwise values are put into the text, text as it is and all else as JSON. Nothing is
 * ever evaluated.
 *
 * @throws TemplateError.
 */
export function fillTemplates(value: Json, lookup: Lookup): Json {
  if (typeof value === "string") return fillText(value, lookup);
  if (Array.isArray(value)) return value.map((item) => fillTemplates(item, lookup));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, one]) => [key, fillTemplates(one, lookup)]);
  return Object.fromEntries(members);
}

/** Like `fillTemplates` for what has to be text in the end: a number or a mapping is written as JSON. */
export function fillToText(text: string, lookup: Lookup): string {
  return toText(fillText(text, lookup));
}

function fillText(text: string, lookup: Lookup): Json {
  const whole = /^\s*(?:\{\{((?:(?!\}\}).)*)\}\}|\$\{([^}]*)\})\s*$/s.exec(text);
  if (whole) return lookup(parsePath(whole[1] ?? whole[2] ?? ""));
  return text.replace(TEMPLATE, (_, braces?: string, dollar?: string) =>
    toText(lookup(parsePath(braces ?? dollar ?? ""))),
  );
}

function toText(value: Json): string {
  return typeof value === "string" ? value : stringifyJson(value);
}
