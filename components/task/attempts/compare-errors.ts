import { diffArrays } from "diff";
import type { Payload } from "@/lib/model/json";
import type { RecordedError } from "@/lib/model/recorded-error";
import { parseError } from "@/lib/timeline/parse-payload";
import { foldTrace } from "./fold-trace";

/** How an attempt's error differs from the previous attempt's. */
export type ErrorChange =
  /** `exactly`: the same text; otherwise they differ in ids, times, numbers or library frames. */
  | { kind: "same"; exactly: boolean }
  /** The parts that were read are equal, but the rest differs. */
  | { kind: "same-beginning" }
  | { kind: "changed"; lines: ChangedLine[] };

export type ChangedLine = { sign: "+" | "-" | " "; text: string };

/** Errors with more lines in total aren't compared, because such a diff is unreadable. */
const MAX_LINES = 400;

/**
 * Compares two failures line by line: name and message, then the trace without library frames, which vary with the call
 * path. Lines that differ only in ids, instants, addresses and numbers count as equal; the later text is kept. For
 * errors that were only partly read, equal digests prove that they are the same, and a difference in the parts that
 * they aren't. `null` if either is missing, if they are too long, or if the result is unknown.
 */
export function compareErrors(before: Payload, after: Payload): ErrorChange | null {
  const isWhole = before?.text !== undefined && after?.text !== undefined;
  if (!isWhole && before?.digest !== undefined && before.digest === after?.digest)
    return { kind: "same", exactly: true };
  const [old, now] = [listLines(before), listLines(after)];
  if (!old || !now || old.length + now.length > MAX_LINES) return null;
  const parts = diffArrays(old, now, {
    comparator: (left, right) => normalise(left) === normalise(right),
  });
  if (parts.every(({ added, removed }) => !added && !removed))
    return isWhole
      ? { kind: "same", exactly: before?.text === after?.text }
      : { kind: "same-beginning" };
  return {
    kind: "changed",
    lines: parts.flatMap(({ added, removed, value }) =>
      value.map((text) => ({ sign: added ? "+" : removed ? "-" : " ", text }) as const),
    ),
  };
}

function listLines(reason: Payload): string[] | null {
  const error = parseError(reason);
  if (!error) return null;
  const isCut = reason?.text === undefined;
  return listErrorLines(error, isCut);
}

function listErrorLines(error: RecordedError, isCut: boolean): string[] {
  const { code, cause, errors } = error;
  const head = formatHead(error);
  // JavaScript traces start with name and message. The last line of a truncated trace is incomplete.
  const trace = isCut ? error.trace?.replace(/\n?[^\n]*$/, "") : error.trace;
  const text = trace?.startsWith(head) ? trace : [head, trace ?? ""].join("\n");
  const lines = foldTrace(text.trimEnd()).flatMap(({ library, lines }) => (library ? [] : lines));
  const nested = (title: string, inner: RecordedError) =>
    listErrorLines(inner, isCut).map((line, index) => (index === 0 ? `${title}: ${line}` : line));
  return [
    ...lines,
    ...(code === null ? [] : [`code: ${code}`]),
    ...(cause ? nested("caused by", cause) : []),
    ...errors.flatMap((inner) => nested("error", inner)),
  ];
}

/** Name and message as one text: `TimeoutError: no answer`. */
export function formatHead({ name, message }: Pick<RecordedError, "name" | "message">): string {
  return name ? `${name}: ${message}` : message;
}

function normalise(line: string): string {
  return line
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<id>")
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?/g, "<time>")
    .replace(/\b(?:0x[0-9a-f]+|(?=[a-f]*\d)[0-9a-f]{6,})\b/gi, "<hex>")
    .replace(/\d+/g, "<n>");
}
