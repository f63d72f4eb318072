import { errorCode, explainUnavailable } from "@/lib/db/errors";
import { getTenants } from "@/lib/db/tenants";
import type { ErrorCode } from "@/lib/model/problem";

/** A read that failed, in words that can be shown: they never hold SQL, parameters or payloads. */
export class ReadError extends Error {
  override readonly name = "ReadError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** Says that a queue is not registered. */
export function queueNotFound(queue: string): ReadError {
  return new ReadError(
    "queue_not_found",
    `There is no queue "${queue}".`,
    "It may have been dropped meanwhile.",
  );
}

/** Says that the database holds no `absurd` schema. */
export function noSchema(options?: ErrorOptions): ReadError {
  return new ReadError(
    "no_schema",
    "This database has no absurd schema.",
    "Check DATABASE_URL, or install one with `npm run db:migrate -- --engine`.",
    options,
  );
}

/**
 * Keeps what is about all tenants at once out of a dashboard that is restricted to some.
 *
 * @throws ReadError `forbidden`
 */
export function refuseRestricted(what: string): void {
  if (getTenants() === null) return;
  throw new ReadError(
    "forbidden",
    `${what} concerns all tenants, and this dashboard shows some of them only.`,
  );
}

/** Translates what a read threw. Whatever is not known stays as it is and ends at the error boundary. */
export function toReadError(error: unknown): unknown {
  if (error instanceof ReadError) return error;
  const code = errorCode(error);
  const because = { cause: error };
  const unavailable = explainUnavailable(code);
  if (unavailable)
    return new ReadError("database_unavailable", unavailable.message, unavailable.hint, because);
  switch (code) {
    case "3F000":
      return noSchema(because);
    case "42P01":
      return new ReadError(
        "queue_not_found",
        "The queue was dropped meanwhile.",
        undefined,
        because,
      );
    case "42501":
      return new ReadError(
        "forbidden",
        "The dashboard's database role may not read this.",
        "Grant it usage on schema absurd and select on its tables.",
        because,
      );
    case "22021":
    case "22P05":
      return new ReadError(
        "bad_request",
        "A text holds the character U+0000, which no database stores.",
        undefined,
        because,
      );
    // A standby that has to go on with its replay, or somebody who drops a queue without asking.
    case "40001":
    case "40P01":
      return new ReadError(
        "conflict",
        "Another transaction was in the way.",
        "Ask again: nothing is wrong with the question.",
        because,
      );
    case "57014":
    case "55P03":
      return new ReadError(
        "timed_out",
        "The database took too long to answer, so the question was withdrawn.",
        "Narrow it: fewer queues, a shorter time range or a more exact name.",
        because,
      );
    default:
      return error;
  }
}
