/**
 * The path that precedes every address of this dashboard, such as `/ops/absurd`; empty at the root of its host. A
 * build contains a placeholder here, which `server/app-folder.ts` replaces when the server starts. Never compare
 * it: the build would evaluate the comparison with the placeholder.
 */
const BASE_PATH = process.env.NEXT_PUBLIC_BASE_PATH ?? "";

/**
 * Adds the base path to one of this dashboard's paths where the framework does not: requests by `fetch`, event
 * streams, plain anchors, `location` and absolute URLs. `next/link`, the router and `redirect()` add the base path
 * themselves.
 *
 * @param path starts with `/`.
 */
export function withBase(path: string): string {
  return `${BASE_PATH}${path}`;
}

/** The dashboard's own path within an address of this host, such as `location.pathname`; it may name a database. */
export function withoutBase(path: string): string {
  return path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) || "/" : path;
}

/** The prefix of the paths of one of several databases. */
export function databasePrefix(name: string): string {
  return `/d/${name}`;
}

/** A path within a database, such as `/tasks?state=failed`, preceded by that database's prefix. */
export function withPrefix(prefix: string, path: string): string {
  return prefix === "" ? path : `${prefix}${path.replace(/^\/(?=$|[?#])/, "")}`;
}

/**
 * Splits a path of this dashboard into the prefix that names one of several databases, and the path within that
 * database. `name` is `null` and `prefix` empty for a path that names none.
 */
export function splitPrefix(path: string): { name: string | null; prefix: string; path: string } {
  const [prefix = "", name = null] = /^\/d\/([^/?#]+)(?=$|[/?#])/i.exec(path) ?? [];
  const rest = path.slice(prefix.length);
  return { name, prefix, path: rest.startsWith("/") ? rest : `/${rest}` };
}

/** In a browser, the address of a route in the database that the page shows. */
export function withDatabase(path: string): string {
  const { prefix } = splitPrefix(withoutBase(globalThis.location?.pathname ?? "/"));
  return withBase(withPrefix(prefix, path));
}
