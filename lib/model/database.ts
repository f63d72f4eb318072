/** What a database's name in addresses and settings consists of. */
export const DATABASE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** The colours that tell databases apart. None of them means a state. */
export const DATABASE_COLOURS = ["grey", "red", "amber", "green", "blue", "violet"] as const;
export type DatabaseColour = (typeof DATABASE_COLOURS)[number];

/** How pages name a database. */
export type DatabaseLabel = {
  /** In addresses, grants and settings. */
  name: string;
  label: string;
  colour: DatabaseColour;
};

/** Set by `proxy.ts`, never by a browser: the database that the request's address names. */
export const DATABASE_HEADER = "x-absurd-database";

/** The beginning of the addresses of one of several databases. */
export function databasePrefix(name: string): string {
  return `/d/${name}`;
}

/**
 * Splits a path of this dashboard, without the base path, into the part that names a database and the path within it.
 * `name` is `null` for an address that names none.
 */
export function splitDatabasePath(path: string): { name: string | null; path: string } {
  const match = /^\/d\/([^/?#]+)(?=$|[/?#])/.exec(path);
  if (!match?.[1]) return { name: null, path };
  const rest = path.slice(match[0].length);
  return { name: match[1], path: rest.startsWith("/") ? rest : `/${rest}` };
}
