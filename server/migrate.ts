import { DatabaseError } from "pg";
import {
  ConnectionStringError,
  type ConnectionTarget,
  EXAMPLE,
  parseConnectionString,
} from "@/lib/db/connection/connection-string";
import type { PooledClient } from "@/lib/db/connection/pool";
import { databases } from "@/lib/db/fleet-settings";
import { ForeignSchemaError } from "@/lib/db/installed-engine";
import { type Component, migrate } from "@/lib/db/migrate";
import {
  findDatabaseProblem,
  findErrorCode,
  isTransient,
  isUnavailable,
  SQLSTATE,
} from "@/lib/model/sqlstate";
import { createCommandPool } from "./command-pool";
import { explainUnknownDatabase } from "./settings";

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

/** A migration may take long, but must not wait long for a lock, because all other sessions would queue behind it. */
const LIMITS = { statementTimeout: 600_000, lockTimeout: 5_000 };

const LABELS: Record<Component, string> = {
  engine: "The engine's schema",
  dashboard: "The dashboard's tables",
};

/** `database` limits the command to one of several. */
type MigrateFlags = { engine: boolean; database?: string | undefined };

/**
 * `absurd-dashboard migrate`: updates the dashboard's tables and, with `engine`, the engine's schema, in the database
 * of DATABASE_URL or in each of DATABASES. Each part is one transaction. If a database fails, the next is still
 * migrated.
 *
 * @returns the exit code: 0 done; 1 a database could not be used; 2 DATABASE_URL or DATABASES is missing or invalid; 3
 * refused because a schema "absurd" isn't, or is no longer, the one installed from here. With several databases, the
 * highest.
 */
export async function runMigrate({ engine, database }: MigrateFlags): Promise<number> {
  if (!process.env.DATABASES) {
    if (database !== undefined)
      return report({ message: explainUnknownDatabase(database, []), exitCode: 2 });
    const target = parseDatabaseUrl(process.env.DATABASE_URL);
    return "exitCode" in target ? report(target) : migrateOne(target, engine);
  }
  const list = databases.safeParse(process.env.DATABASES);
  if (!list.success)
    return report({ message: `DATABASES ${list.error.issues[0]?.message}.`, exitCode: 2 });
  const chosen = list.data.filter(({ name }) => database === undefined || name === database);
  if (chosen.length === 0)
    return report({ message: explainUnknownDatabase(database, list.data), exitCode: 2 });
  let exitCode = 0;
  for (const { name, url } of chosen) {
    console.log(`${name}:`);
    const setting = `DATABASES ("${name}")`;
    exitCode = Math.max(exitCode, await migrateOne(parseConnectionString(url), engine, setting));
  }
  return exitCode;
}

function report({ message, exitCode }: Failure): number {
  console.error(message);
  return exitCode;
}

/** @param setting name of the setting that defines the target, for messages. */
async function migrateOne(
  target: ConnectionTarget,
  engine: boolean,
  setting = "DATABASE_URL",
): Promise<number> {
  const pool = createCommandPool("migrate", target, LIMITS);
  let client: PooledClient | undefined;
  try {
    client = await pool.connect();
    const components: Component[] = engine ? ["engine", "dashboard"] : ["dashboard"];
    for (const component of components) {
      const { files, restored } = await migrate(client, component);
      const done = [
        files > 0 && `${files} ${files === 1 ? "file" : "files"} applied`,
        restored.length > 0 && `restored ${restored.join(", ")}`,
      ].filter(Boolean);
      console.log(`${LABELS[component]}: ${done.join(", ") || "up to date, nothing to do"}.`);
    }
    return 0;
  } catch (error) {
    const { message, exitCode } = explainMigrationFailure(error, target);
    return report({ message: message.replaceAll("DATABASE_URL", setting), exitCode });
  } finally {
    client?.release(true);
    await pool.end();
  }
}

/** A message for the user, and the command's exit code. */
type Failure = { message: string; exitCode: 1 | 2 | 3 };

/**
 * Parses the connection string. Returns a failure if it is invalid; the message never repeats it, because it may
 * contain a password.
 */
function parseDatabaseUrl(value: string | undefined): ConnectionTarget | Failure {
  if (!value)
    return {
      message: `DATABASE_URL is not set. Give the connection string of the database to migrate; ${EXAMPLE}.`,
      exitCode: 2,
    };
  try {
    return parseConnectionString(value);
  } catch (error) {
    if (!(error instanceof ConnectionStringError)) throw error;
    return { message: `DATABASE_URL ${error.message}.`, exitCode: 2 };
  }
}

/** Explains an error of the driver or of `migrate`, with a remedy and without the password. */
function explainMigrationFailure(error: unknown, target: ConnectionTarget): Failure {
  const server = target.hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
  const { database, user } = target;
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
      message: `PostgreSQL at ${server} refused to log in "${user}". Check user and password in DATABASE_URL.`,
      exitCode: 1,
    };
  if (code === SQLSTATE.invalidCatalogName)
    return {
      message: `There is no database "${database}" at ${server}. Create it first, or correct DATABASE_URL.`,
      exitCode: 1,
    };
  if (code === SQLSTATE.insufficientPrivilege && error instanceof DatabaseError)
    return {
      message: `"${user}" lacks a privilege in database "${database}": ${error.message}. Nothing was changed. Migrate as the database's owner, or as a role with CREATE on the database.`,
      exitCode: 1,
    };
  if (isTransient(error))
    return {
      message:
        "Other sessions hold locks on the dashboard's tables. Nothing was changed. Pause bulk operations, or stop the dashboard, and try again.",
      exitCode: 1,
    };
  const problem = isUnavailable(error) && findDatabaseProblem(error, "write");
  if (problem) return { message: `${problem.message} ${problem.hint ?? ""}`.trim(), exitCode: 1 };
  const reason = error instanceof Error ? error.message : String(error);
  return { message: `The migration failed and changed nothing: ${reason}`, exitCode: 1 };
}
