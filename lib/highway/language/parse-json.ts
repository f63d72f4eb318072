import { parse as parseLossless } from "lossless-json";
import { parseJson } from "../../absurd/connection/json.ts";
import { findStringEnd } from "../../model/work/json-values.ts";
import { type Pausing, workAtOnce } from "../../model/work/turns.ts";
import { checkInTurns } from "../model/checks/validate.ts";
import { hasErrors, type Problem } from "../model/problem.ts";
import type { Workflow } from "../model/workflow.ts";
import { keepOrder } from "./key-order.ts";

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

/** Like `parseJsonWorkflow`, with pauses. */
export function* parseJsonInTurns(text: string): Pausing<ParsedWorkflow> {
  const parsed = yield* readJson(text);
  yield;
  return yield* decodeParsed(parsed);
}

/** The value of JSON text. Keys that occur twice are errors. Never throws. */
export function parseJsonText(text: string): ParsedText {
  return workAtOnce(readJson(text));
}

function* readJson(text: string): Pausing<ParsedText> {
  const content = text.replace(/^\uFEFF/, "");
  try {
    const value = parseJson(content);
    yield;
    // Throws for a key that occurs twice with different values.
    if (yield* hasRepeatedKey(content)) parseLossless(content);
    if (MAY_HAVE_INDEX.test(content)) new KeyReader(content).visit(value);
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

/** The number of signs to look at before a pause. */
const STRETCH = 2_000;

/** Whether an object in valid JSON has a key twice. Linear in the text. */
function* hasRepeatedKey(text: string): Pausing<boolean> {
  /** The keys of the objects around the position; `null` for a list. */
  const open: (Set<string> | null)[] = [];
  const signs = /["{}[\]]/g;
  let looked = 0;
  for (let found = signs.exec(text); found; found = signs.exec(text)) {
    if (++looked % STRETCH === 0) yield;
    const [sign] = found;
    if (sign === "{") open.push(new Set());
    else if (sign === "[") open.push(null);
    else if (sign !== '"') open.pop();
    else {
      const end = findStringEnd(text, found.index) ?? text.length;
      signs.lastIndex = end;
      AFTER_KEY.lastIndex = end;
      const keys = open.at(-1);
      if (!keys || !AFTER_KEY.test(text)) continue;
      const written = text.slice(found.index, end);
      const key = written.includes("\\") ? `"${JSON.parse(written)}"` : written;
      if (keys.has(key)) return true;
      keys.add(key);
    }
  }
  return false;
}

const AFTER_KEY = /[ \t\n\r]*:/y;

/** Matches whole-number keys, also with escapes. */
const MAY_HAVE_INDEX = /"(?:0|[1-9]\d*)"\s*:|\\u003/;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const BLANKS = /[ \t\n\r]*/y;
const SCALAR = /[^\s,\]}]+/y;

/** Parses the keys of valid JSON once more, for their order. */
class KeyReader {
  private at = 0;

  constructor(private readonly text: string) {}

  /** Walks the text of one value, which was parsed to `value`. */
  visit(value: unknown): void {
    this.take(BLANKS);
    const sign = this.text[this.at];
    if (sign === "{") this.visitMembers(value as Record<string, unknown>);
    else if (sign === "[") this.visitItems(value as unknown[]);
    else this.take(sign === '"' ? STRING : SCALAR);
    this.take(BLANKS);
  }

  private visitMembers(value: Record<string, unknown>): void {
    const keys: string[] = [];
    this.each("}", () => {
      this.take(BLANKS);
      const key: string = JSON.parse(this.take(STRING));
      keys.push(key);
      this.take(BLANKS);
      this.at++;
      this.visit(value[key]);
    });
    keepOrder(value, keys);
  }

  private visitItems(value: unknown[]): void {
    let index = 0;
    this.each("]", () => this.visit(value[index++]));
  }

  /** From the opening bracket to after the closing one. */
  private each(end: string, visit: () => void): void {
    this.at++;
    this.take(BLANKS);
    while (this.text[this.at] !== end) {
      visit();
      if (this.text[this.at] === ",") this.at++;
    }
    this.at++;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found = ""] = pattern.exec(this.text) ?? [];
    this.at += found.length;
    return found;
  }
}

/** Decodes and checks a parsed text. */
export function toWorkflow(parsed: ParsedText): ParsedWorkflow {
  return workAtOnce(decodeParsed(parsed));
}

function* decodeParsed({ value, problems }: ParsedText): Pausing<ParsedWorkflow> {
  if (hasErrors(problems)) return { problems };
  const { workflow, problems: found } = yield* checkInTurns(value);
  return { ...(workflow && { workflow }), problems: [...problems, ...found] };
}
