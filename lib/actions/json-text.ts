import { parseJson } from "@/lib/absurd/connection/json";
import { AbsurdDbError, InvalidArgumentError } from "@/lib/absurd/errors";
import type { Json, JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import { SQLSTATE } from "@/lib/model/sqlstate";

/** Reads JSON that an operator typed. @throws ProblemError naming what it was meant for. */
export function readJsonText(text: string, what: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new ProblemError({
      code: "bad_request",
      message: `The ${what} is not JSON: ${error instanceof Error ? error.message : "it cannot be read"}.`,
    });
  }
}

/** As `readJsonText`; an empty text is `undefined`. @throws ProblemError also for anything but an object. */
export function readJsonObject(text: string | undefined, what: string): JsonObject | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const value = readJsonText(text, what);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new ProblemError({ code: "bad_request", message: `The ${what} is not a JSON object.` });
}

const NOT_STORABLE: readonly string[] = [
  SQLSTATE.invalidTextRepresentation,
  SQLSTATE.untranslatableCharacter,
];

/** Says what is JSON, but not what PostgreSQL stores as such. For the `catch` of a call. */
export function refuseText(error: unknown): never {
  if (error instanceof AbsurdDbError && NOT_STORABLE.includes(error.code))
    throw new ProblemError({
      code: "bad_request",
      message: "The JSON holds a text that PostgreSQL cannot store.",
      hint: "It refuses the escape \\u0000 and halves of a surrogate pair, such as \\ud83d alone.",
    });
  if (error instanceof InvalidArgumentError)
    throw new ProblemError({ code: "bad_request", message: error.message });
  throw error;
}
