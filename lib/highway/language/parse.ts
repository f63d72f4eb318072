import { isMap, parseDocument, type ScalarTag, type Tags } from "yaml";
import { parseJson } from "../../absurd/json.ts";
import { readAndCheck } from "../model/checks/validate.ts";
import type { Problem } from "../model/problem.ts";
import type { Workflow } from "../model/workflow.ts";

export type Format = "json" | "yaml";

/** What came of reading a document. */
export type ParsedWorkflow = {
  /** Absent when the text is not of the format, or a value has the wrong type. */
  workflow?: Workflow;
  /** Errors and warnings; with errors the workflow can be drawn at most, not run. */
  problems: Problem[];
};

/**
 * Reads a workflow from JSON or YAML text, of either generation of the language. Without a format, text that begins
 * with a brace is JSON. YAML is read as version 1.1 (`yes` and `on` are true, `1:30` is 90), except that `y` and `n`
 * and unquoted dates are text; keys that occur twice are errors. Never throws.
 */
export function parseWorkflow(text: string, options: { format?: Format } = {}): ParsedWorkflow {
  const format = options.format ?? (/^\s*\{/.test(text) ? "json" : "yaml");
  const { value, problems } = format === "json" ? readJson(text) : readYaml(text);
  return problems.length > 0 ? { problems } : readAndCheck(value);
}

type ReadText = { value?: unknown; problems: Problem[] };

function readJson(text: string): ReadText {
  try {
    return { value: parseJson(text.replace(/^\uFEFF/, "")), problems: [] };
  } catch (error) {
    return { problems: [syntaxError("not JSON", error)] };
  }
}

function readYaml(text: string): ReadText {
  try {
    const document = parseDocument(text, {
      version: "1.1",
      schema: "yaml-1.1",
      customTags: withoutSurprises,
      intAsBigInt: true,
      uniqueKeys: true,
      prettyErrors: true,
      logLevel: "silent",
    });
    const problems = document.errors.map((error) => syntaxError("not YAML", error));
    if (problems.length > 0) return { problems };
    if (document.contents !== null && !isMap(document.contents))
      return { value: document.toJS({ maxAliasCount: 1000 }), problems };
    return { value: withNumbers(document.toJS({ maxAliasCount: 1000 })), problems };
  } catch (error) {
    return { problems: [syntaxError("not YAML", error)] };
  }
}

/** Leaves out the types that JSON has no form for, and takes `y` and `n` as the letters they are. */
function withoutSurprises(tags: Tags): Tags {
  const left = ["binary", "omap", "pairs", "set", "timestamp"].map(
    (name) => `tag:yaml.org,2002:${name}`,
  );
  return tags
    .filter((tag) => typeof tag !== "object" || !left.includes(tag.tag))
    .map((tag) => {
      if (typeof tag !== "object" || tag.tag !== "tag:yaml.org,2002:bool") return tag;
      const bool = tag as ScalarTag;
      const isTrue = bool.test?.test("true") ?? false;
      return {
        ...bool,
        test: isTrue
          ? /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/
          : /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/,
      };
    });
}

/** Integers that a double holds exactly become numbers. Objects that occur twice stay shared. */
function withNumbers(value: unknown, seen = new Map<object, unknown>()): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known) return known;
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {};
  seen.set(value, copy);
  for (const [key, member] of Object.entries(value))
    Object.defineProperty(copy, key, {
      value: withNumbers(member, seen),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return copy;
}

function syntaxError(what: string, error: unknown): Problem {
  const detail = error instanceof Error ? error.message.split("\n")[0] : String(error);
  return { path: "", code: "syntax", severity: "error", message: `This is ${what}: ${detail}` };
}
