import { DatabaseError } from "pg";
import { findErrorCode, SQLSTATE } from "@/lib/model/sqlstate";
import { ForeignSchemaError } from "./installed-engine";

/** What to tell somebody whose migration failed, and the exit code of the command. */
export type Failure = { message: string; exitCode: 1 | 2 | 3 };

const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "its name could not be resolved",
  ETIMEDOUT: "it did not answer in time",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
  ECONNRESET: "it closed the connection",
  ENOENT: "there is no such socket",
};

/**
 * Checks the connection string. Returns it as a URL, or what is wrong with it; never repeats it, for it can hold a
 * password.
 */
export function parseDatabaseUrl(value: string | undefined): URL | Failure {
  const example = "It looks like postgresql://user:password@host:5432/database.";
  if (!value)
    return {
      message: `DATABASE_URL is not set. Give the connection string of the database to migrate. ${example}`,
      exitCode: 2,
    };
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    return { message: `DATABASE_URL is not a connection string. ${example}`, exitCode: 2 };
  return url;
}

/** Puts what a driver or `migrate` threw into words, with what to do about it; never the password. */
export function explainMigrationFailure(error: unknown, url: URL): Failure {
  const server = url.host || "the local socket";
  const database = decodeURIComponent(url.pathname.slice(1)) || "(default)";
  if (error instanceof ForeignSchemaError)
    return {
      message: `${error.message} The dashboard works on it; run this command without --engine.`,
      exitCode: 3,
    };
  const code = findErrorCode(error) ?? "";
  if (UNREACHABLE[code])
    return { message: `Cannot reach PostgreSQL at ${server}: ${UNREACHABLE[code]}.`, exitCode: 1 };
  if (code.startsWith("08"))
    return {
      message: `The connection to PostgreSQL at ${server} broke off. Nothing was changed.`,
      exitCode: 1,
    };
  if (code.startsWith("28"))
    return {
      message: `PostgreSQL at ${server} refused to log in "${decodeURIComponent(url.username)}". Check user and password in DATABASE_URL.`,
      exitCode: 1,
    };
  if (code === SQLSTATE.invalidCatalogName)
    return {
      message: `There is no database "${database}" at ${server}. Create it first, or correct DATABASE_URL.`,
      exitCode: 1,
    };
  if (code === SQLSTATE.insufficientPrivilege && error instanceof DatabaseError)
    return {
      message: `"${decodeURIComponent(url.username)}" lacks a privilege in database "${database}": ${error.message}. Nothing was changed. Migrate as the database's owner, or as a role with CREATE on the database.`,
      exitCode: 1,
    };
  const reason = error instanceof Error ? error.message : String(error);
  return { message: `The migration failed and changed nothing: ${reason}`, exitCode: 1 };
}
