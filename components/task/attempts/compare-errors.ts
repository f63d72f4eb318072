import { diffArrays } from "diff";
import type { Payload } from "@/lib/model/json";
import { parseError, parseObject } from "@/lib/timeline/parse-payload";
import { foldTrace } from "./fold-trace";

/** How an attempt's error differs from the previous attempt's. */
export type ErrorChange =
  /** `exactly`: the same text; otherwise they differ in ids, times, numbers or library frames. */
  { kind: "same"; exactly: boolean } | { kind: "changed"; lines: ChangedLine[] };

export type ChangedLine = { sign: "+" | "-" | " "; text: string };

/** Errors with more lines in total are not compared: such a diff is not readable. */
const MAX_LINES = 400;

/**
 * Compares two failures line by line: name and message, then the trace without library frames, which vary with the call
 * path. Lines that differ only in ids, instants, addresses and numbers count as equal; the later text is kept. `null` if
 * either is missing or they are too long.
 */
export function compareErrors(before: Payload, after: Payload): ErrorChange | null {
  const [old, now] = [listLines(before), listLines(after)];
  if (!old || !now || old.length + now.length > MAX_LINES) return null;
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

/** The trace of a failure, in `stack` or `traceback`; `null` if it has none. */
export function getTrace(reason: Payload): string | null {
  const details = parseObject(reason);
  const trace = [details?.stack, details?.traceback].find((value) => typeof value === "string");
  return typeof trace === "string" && trace !== "" ? trace : null;
}

function listLines(reason: Payload): string[] | null {
  const error = parseError(reason);
  if (!error) return null;
  const head = error.name ? `${error.name}: ${error.message}` : error.message;
  const trace = getTrace(reason);
  // JavaScript traces start with name and message.
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
