import { DrizzleQueryError } from "drizzle-orm";

/** The SQLSTATE or system error code of what a driver threw, below the wrappers of Drizzle and of the client layer. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof DrizzleQueryError) return errorCode(error.cause);
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  if ("code" in error && typeof error.code === "string") return error.code;
  // node-postgres gives no code when a connection ends, or none comes free, while a query waits.
  return /^connection terminated|timeout exceeded|not queryable/i.test(error.message)
    ? "08006"
    : undefined;
}

/** Classes and codes of SQLSTATE, and codes of the operating system, that mean "no usable database". */
const UNAVAILABLE =
  /^(08|28|3D000|53|57P0|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT$|SELF_SIGNED|CERT_|DEPTH_ZERO|UNABLE_TO_)/;

/** Why the database cannot be used, with what to do about it; `undefined` when the code means something else. */
export function explainUnavailable(
  code: string | undefined,
): { message: string; hint: string } | undefined {
  if (code === undefined || !UNAVAILABLE.test(code)) return undefined;
  if (code.startsWith("28") || code === "3D000")
    return {
      message: "The database refused the connection.",
      hint: "Check user, password and database name in DATABASE_URL.",
    };
  if (code.startsWith("53"))
    return {
      message: "The database takes no more connections.",
      hint: "The page tries again by itself.",
    };
  return {
    message: "The database does not answer.",
    hint: "The page tries again by itself.",
  };
}
