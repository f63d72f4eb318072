import { parse as parseLossless } from "lossless-json";
import { parseJson } from "../../absurd/connection/json.ts";
import { decodeAndCheck } from "../model/checks/validate.ts";
import { hasErrors, type Problem } from "../model/problem.ts";
import type { Workflow } from "../model/workflow.ts";
import { parseYaml } from "./yaml.ts";

export type Format = "json" | "yaml";

/** The result of parsing a document. */
export type ParsedWorkflow = {
  /** Absent when the text is not of the format, or a value is missing or has the wrong type. */
  workflow?: Workflow;
  /** Errors and warnings; with errors the workflow can be converted and drawn, but must not be run. */
  problems: Problem[];
};

/**
 * Parses a workflow from JSON or YAML text, of any version of the language from 1.0 to 2.2. Without a format, text that
 * begins with a brace is JSON. YAML has the types of version 1.1, as PyYAML reads it, except that unquoted dates are text.
 * Keys that occur twice are errors. Never throws.
 */
export function parseWorkflow(text: string, options: { format?: Format } = {}): ParsedWorkflow {
  const { value, problems } = parseText(text, options.format);
  if (hasErrors(problems)) return { problems };
  const { workflow, problems: found } = decodeAndCheck(value);
  return { ...(workflow && { workflow }), problems: [...problems, ...found] };
}

/** The value of JSON or YAML text, read as `parseWorkflow` reads it. Never throws. */
export function parseText(text: string, format?: Format): { value?: unknown; problems: Problem[] } {
  const isJson = format === "json" || (format === undefined && /^\s*\{/.test(text));
  const content = text.replace(/^\uFEFF/, "");
  if (!isJson) return parseYaml(content);
  try {
    const value = parseJson(content);
    // Throws for a key that occurs twice with different values.
    parseLossless(content);
    return { value, problems: [] };
  } catch (error) {
    const detail = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return {
      problems: [
        { path: "", code: "syntax", severity: "error", message: `This is not JSON: ${detail}` },
      ],
    };
  }
}
