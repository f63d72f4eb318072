import { type ParsedText, type ParsedWorkflow, parseJsonText, toWorkflow } from "./parse-json.ts";
import { parseYaml } from "./yaml.ts";

export type Format = "json" | "yaml";

/**
 * Parses a workflow from JSON or YAML text, of any version of the language from 1.0 to 2.2. Without a format, text
 * that starts with a brace is JSON. YAML has the types of version 1.1, as in PyYAML, except that unquoted dates
 * are text. Keys that occur twice are errors. Never throws.
 */
export function parseWorkflow(text: string, options: { format?: Format } = {}): ParsedWorkflow {
  return toWorkflow(parseText(text, options.format));
}

/** The value of JSON or YAML text, parsed by the rules of `parseWorkflow`. Never throws. */
export function parseText(text: string, format?: Format): ParsedText {
  const isJson = format === "json" || (format === undefined && /^\s*\{/.test(text));
  return isJson ? parseJsonText(text) : parseYaml(text.replace(/^\uFEFF/, ""));
}
