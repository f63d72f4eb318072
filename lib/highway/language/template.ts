import { stringifyJson } from "../../absurd/connection/json.ts";
import type { Json } from "../../model/json.ts";

/** A template or expression that cannot be parsed, or names something that does not exist. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** Steps from a name inward, such as `["order", "lines", 0]`. */
export type TemplatePath = readonly (string | number)[];

/** Looks up the value of a path. @throws TemplateError if there is none. */
export type Lookup = (path: TemplatePath) => Json;

/** Text with templates, split into its parts. */
export type Template = {
  /** Literal text and paths, in order. */
  parts: readonly (string | TemplatePath)[];
  /** The path of text that is exactly one template; its value keeps its type. */
  only?: TemplatePath;
  /** Some `{{` or `${` is unclosed, and therefore literal text. */
  isUnclosed: boolean;
};

/** An escape, or a template. `${{ x }}` is a dollar sign before a template. */
const TEMPLATE = /\$(\$\{)|\{\{(\{\{)|\{\{(.*?)\}\}|\$\{(?!\{)(.*?)\}/gs;
/** For text in which no `}}` follows; the empty group keeps the numbers of the other groups. */
const BEFORE_BRACE = /\$(\$\{)|\{\{(\{\{)|(?!)()|\$\{(?!\{)(.*?)\}/gs;
/** For text in which no template can end. */
const ESCAPE = /\$(\$\{)|\{\{(\{\{)/g;
const PATH = /^([A-Za-z_][\w-]*)((?:\.[\w-]+|\[(?:-?\d+|'[^']*'|"[^"]*")\])*)$/;
const STEP = /\.([\w-]+)|\[(?:(-?\d+)|'([^']*)'|"([^"]*)")\]/g;

/** Parses a path such as `order.lines[0].sku`. @throws TemplateError for anything else. */
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
 * The escapes and templates of a text with their positions. Searches for an end only if one follows, so that text
 * with many openings and no ends does not take quadratic time.
 */
function* listMatches(text: string): Generator<[at: number, match: RegExpExecArray]> {
  const braces = text.lastIndexOf("}}");
  const sections: [RegExp, number][] = [
    [TEMPLATE, braces < 0 ? 0 : braces + 2],
    [BEFORE_BRACE, text.lastIndexOf("}") + 1],
    [ESCAPE, text.length],
  ];
  let from = 0;
  for (const [pattern, to] of sections) {
    for (const match of text.slice(from, to).matchAll(pattern)) yield [from + match.index, match];
    from = Math.max(from, to);
  }
}

/**
 * Parses text with templates `{{ path }}` or `${path}`. `{{{{` is a literal `{{`, and `$${` a literal `${`.
 *
 * @throws TemplateError if a template is not a path.
 */
export function parseTemplate(text: string): Template {
  const parts: (string | TemplatePath)[] = [];
  let [at, isUnclosed] = [0, false];
  const addText = (end: number) => {
    const literal = text.slice(at, end);
    isUnclosed ||= /\{\{|\$\{/.test(literal);
    if (literal !== "") parts.push(literal);
  };
  for (const [index, [whole, dollar, braces, path, dollarPath]] of listMatches(text)) {
    addText(index);
    parts.push(dollar ?? braces ?? parsePath(path ?? dollarPath ?? ""));
    at = index + whole.length;
  }
  addText(text.length);
  const solid = parts.filter((part) => typeof part !== "string" || part.trim() !== "");
  const only = solid.length === 1 && typeof solid[0] !== "string" ? solid[0] : undefined;
  return { parts, ...(only && { only }), isUnclosed };
}

/**
 * Replaces the templates in a value, including items of lists and values of mappings. Text that is exactly one
 * template becomes the value of its path; in other text, a value is inserted unchanged if it is text, otherwise as
 * JSON. Nothing is evaluated as code.
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

/** Like `fillTemplates`, for a value that must be text in the end: other values become JSON. */
export function fillToText(text: string, lookup: Lookup): string {
  return toText(fillText(text, lookup));
}

function fillText(text: string, lookup: Lookup): Json {
  if (!/\{\{|\$\{/.test(text)) return text;
  const { parts, only } = parseTemplate(text);
  if (only) return lookup(only);
  return parts.map((part) => (typeof part === "string" ? part : toText(lookup(part)))).join("");
}

function toText(value: Json): string {
  return typeof value === "string" ? value : stringifyJson(value);
}
