import { parse as parseLossless } from "lossless-json";
import { parseJson } from "../../absurd/connection/json.ts";
import { decodeAndCheck } from "../model/checks/validate.ts";
import { hasErrors, type Problem } from "../model/problem.ts";
import type { Workflow } from "../model/workflow.ts";

/** The result of parsing a document. */
export type ParsedWorkflow = {
  /** Absent if the text is not of the format, or a value is missing or has the wrong type. */
  workflow?: Workflow;
  /** Errors and warnings; with errors the workflow can be converted and drawn, but must not be run. */
  problems: Problem[];
};

export type ParsedText = { value?: unknown; problems: Problem[] };

/** Parses a workflow from JSON, like `parseWorkflow` but without the YAML parser, for browsers. Never throws. */
export function parseJsonWorkflow(text: string): ParsedWorkflow {
  return toWorkflow(parseJsonText(text));
}

/** The value of JSON text. Keys that occur twice are errors. Never throws. */
export function parseJsonText(text: string): ParsedText {
  const content = text.replace(/^\uFEFF/, "");
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

/** Decodes and checks a parsed text. */
export function toWorkflow({ value, problems }: ParsedText): ParsedWorkflow {
  if (hasErrors(problems)) return { problems };
  const { workflow, problems: found } = decodeAndCheck(value);
  return { ...(workflow && { workflow }), problems: [...problems, ...found] };
}
