import { parse as parseLossless } from "lossless-json";
import { parseJson } from "@/lib/absurd/connection/json";
import { AbsurdDbError, InvalidArgumentError } from "@/lib/absurd/errors";
import type { Json, JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import { SQLSTATE } from "@/lib/model/sqlstate";
import { isTooLarge } from "@/lib/model/work/json-values";

/** Writing more values as JSON again would keep other requests waiting. */
const MOST_VALUES = 20_000;

/**
 * Parses JSON typed by an operator, of at most 20,000 values and 1,000 levels.
 *
 * @throws ProblemError `bad_request`, naming the field `what` and the position, but quoting none of the text: it
 * may hold secrets, and the audit entry keeps the message.
 */
export function parseJsonText(text: string, what: string): Json {
  if (isTooLarge(text, MOST_VALUES))
    throw new ProblemError({
      code: "bad_request",
      message: `Invalid ${what}: more than 20,000 values, or more than 1,000 levels.`,
      hint: "A program can send larger values.",
    });
  try {
    return parseJson(text);
  } catch {
    throw new ProblemError({
      code: "bad_request",
      message: `Invalid JSON in ${what}${describePlace(text)}.`,
    });
  }
}

/** Where a text stops being JSON: ` at line 1, column 6`. Empty if unknown. */
function describePlace(text: string): string {
  try {
    parseLossless(text, null, { onDuplicateKey: ({ newValue }) => newValue });
  } catch (error) {
    const [, digits] = /at position (\d+)$/.exec(error instanceof Error ? error.message : "") ?? [];
    if (digits === undefined) return "";
    const before = text.slice(0, Number(digits)).split("\n");
    return ` at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
  }
  return "";
}

/** Like `parseJsonText`, for an object; `undefined` for empty text. */
export function parseJsonObject(text: string | undefined, what: string): JsonObject | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const value = parseJsonText(text, what);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new ProblemError({ code: "bad_request", message: `Invalid ${what}: not a JSON object.` });
}

const NOT_STORABLE: readonly string[] = [
  SQLSTATE.invalidTextRepresentation,
  SQLSTATE.untranslatableCharacter,
];

/** For the `catch` of an engine call: explains names and JSON that parse but that the database cannot store. */
export function refuseUnstorableJson(error: unknown): never {
  if (error instanceof AbsurdDbError && NOT_STORABLE.includes(error.code))
    throw new ProblemError({
      code: "bad_request",
      message: "The name or the JSON contains a character that this database cannot store.",
      hint: "Remove the escape \\u0000, halves of a surrogate pair such as \\ud83d alone, and characters that the database's encoding does not have.",
    });
  if (error instanceof InvalidArgumentError)
    throw new ProblemError({ code: "bad_request", message: error.message });
  throw error;
}
