import { diffArrays } from "diff";
import type { Payload } from "@/lib/model/json";
import { parseError, parseObject } from "@/lib/timeline/parse-payload";
import { foldTrace } from "./fold-trace";

/** How the error of one attempt differs from that of the attempt before. */
export type ErrorChange =
  /** Letter by letter, or but for ids, times and numbers. */
  { kind: "same"; exactly: boolean } | { kind: "changed"; lines: ChangedLine[] };

export type ChangedLine = { sign: "+" | "-" | " "; text: string };

/** More lines are not compared: nobody reads their difference. */
const MOST_LINES = 400;

/**
 * Compares two failures line by line, name and message first, then the trace without the frames of libraries, which vary
 * with how the worker came to the code. Lines that differ only in ids, instants, addresses and numbers count as the
 * same, and are shown as the later attempt has them. `null` when one of them is not there, or too long.
 */
export function compareErrors(before: Payload, after: Payload): ErrorChange | null {
  const [old, now] = [linesOf(before), linesOf(after)];
  if (!old || !now || old.length + now.length > MOST_LINES) return null;
  const parts = diffArrays(old, now, {
    comparator: (left, right) => normalise(left) === normalise(right),
  });
  if (parts.every(({ added, removed }) => !added && !removed))
    return { kind: "same", exactly: before?.text === after?.text };
  return {
    kind: "changed",
    lines: parts.flatMap(({ added, removed, value }) =>
      value.map((text) => ({ sign: added ? "+" : removed ? "-" : " ", text }) as const),
    ),
  };
}

/** The trace of a failure, whatever its client calls it. */
export function traceOf(reason: Payload): string | null {
  const details = parseObject(reason);
  const trace = [details?.stack, details?.traceback].find((value) => typeof value === "string");
  return typeof trace === "string" && trace !== "" ? trace : null;
}

function linesOf(reason: Payload): string[] | null {
  const error = parseError(reason);
  if (!error) return null;
  const head = error.name ? `${error.name}: ${error.message}` : error.message;
  const trace = traceOf(reason);
  // JavaScript repeats name and message at the top of a trace.
  const text = trace?.startsWith(head) ? trace : [head, trace ?? ""].join("\n");
  return foldTrace(text.trimEnd()).flatMap(({ library, lines }) => (library ? [] : lines));
}

function normalise(line: string): string {
  return line
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<id>")
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?/g, "<time>")
    .replace(/\b(?:0x[0-9a-f]+|(?=[a-f]*\d)[0-9a-f]{6,})\b/gi, "<hex>")
    .replace(/\d+/g, "<n>");
}
