import { headers as pageHeaders } from "next/headers";
import { databasePrefix, withPrefix } from "@/lib/base-path";
import { parseConnectionString } from "@/lib/db/connection/connection-string";
import {
  findCurrentDatabase,
  findDatabase,
  hasSeveralDatabases,
  listDatabases,
} from "@/lib/db/databases";
import type { DatabaseSettings } from "@/lib/db/fleet-settings";
import { DATABASE_HEADER, type DatabaseLabel } from "@/lib/model/database";
import { ProblemError } from "@/lib/model/problem";

/**
 * The database of a request: the current work's, otherwise the one that its address names, as `admission.ts` noted.
 *
 * @param request in route handlers; pages and actions pass `undefined`.
 * @throws ProblemError `database_not_found` if there are several and the address names none.
 */
export async function requireDatabase(request: Request | undefined): Promise<DatabaseSettings> {
  const database = await findRequestDatabase(request);
  if (database) return database;
  throw new ProblemError({
    code: "database_not_found",
    message: "This dashboard has several databases, and the address names none of them.",
    hint: `Addresses begin with ${listDatabases()
      .map(({ name }) => databasePrefix(name))
      .join(" or ")}.`,
  });
}

/** Like `requireDatabase`; `undefined` if there are several and the address names none. */
export async function findRequestDatabase(
  request: Request | undefined,
): Promise<DatabaseSettings | undefined> {
  return findCurrentDatabase() ?? findNamed(request);
}

async function findNamed(request: Request | undefined): Promise<DatabaseSettings | undefined> {
  const name = (request ? request.headers : await pageHeaders()).get(DATABASE_HEADER);
  return name === null ? undefined : findDatabase(name);
}

/** How the frame of the page being rendered names its database. */
export type PageDatabase = {
  /** The prefix of its paths; empty for the only database, and for pages outside any database. */
  prefix: string;
  /**
   * `null` for the only database of a dashboard, if the settings do not label it, and for pages outside any
   * database.
   */
  label: DatabaseLabel | null;
  /** Its name on the database server; `null` for pages outside any database. */
  databaseName: string | null;
};

const names = new Map<string, string>();

/** The database in a connection string; `null` if a file that the string names can no longer be read. */
function findDatabaseName(url: string): string | null {
  const known = names.get(url);
  if (known !== undefined) return known;
  try {
    const { database } = parseConnectionString(url);
    names.set(url, database);
    return database;
  } catch {
    return null;
  }
}

/** The database of the page being rendered. */
export async function getPageDatabase(): Promise<PageDatabase> {
  const isOne = !hasSeveralDatabases();
  const database = isOne ? findCurrentDatabase() : await findNamed(undefined);
  if (!database) return { prefix: "", label: null, databaseName: null };
  const { name, label, colour, url } = database;
  return {
    prefix: isOne ? "" : databasePrefix(name),
    label: isOne && label === name ? null : { name, label, colour },
    databaseName: findDatabaseName(url),
  };
}

/** A path as a redirect from the page being rendered must write it. */
export async function toPagePath(path: string): Promise<string> {
  const { prefix } = await getPageDatabase();
  return withPrefix(prefix, path);
}
