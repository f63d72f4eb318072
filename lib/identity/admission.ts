/** What every request must pass before a page, an action or a route sees it; for `proxy.ts` and `app/api/direct.ts`. */
import { splitPrefix, withBase } from "@/lib/base-path";
import { findDatabase, hasSeveralDatabases } from "@/lib/db/databases";
import { getEnvironment, hasDoor } from "@/lib/db/env";
import { DATABASE_HEADER } from "@/lib/model/database";
import { isUuid } from "@/lib/model/ids";
import { httpStatus, ProblemError } from "@/lib/model/problem";
import { type Caller, findCaller } from "./caller";
import { getClientAddress, isHttps } from "./client-address";
import { deniedPage } from "./denied-page";
import { apiHeaders, transportHeaders } from "./headers";
import { findForeign } from "./origin";
import { logRefusal } from "./refusal";
import { type GuardRefusal, getRefusal } from "./request-guard";

/** A request, with its path below the base path and its query string. */
export type Asked = { method: string; headers: Headers; pathname: string; search: string };

/**
 * Paths that need no sign-in. Load balancers can't sign in; their probes only reveal the version and whether there is a
 * database.
 */
const OPEN = /^\/(sign-in(\/oidc(\/callback)?)?|api\/health(\/\w+)?)$/;

/** Pages and routes of the whole dashboard if it has several databases. All others belong to one of them. */
const OF_NO_DATABASE = /^\/(fleet|sign-in(\/oidc(\/callback)?)?|sign-out|api\/health(\/\w+)?)$/;

const FOREIGN = {
  host: "The request's host is not this dashboard's.",
  origin: "The request's origin is not this dashboard's.",
};

/** Code, message and hint for each refusal of the request guard. */
const GUARDED: Record<GuardRefusal, [code: string, message: string, hint?: string]> = {
  400: ["bad_request", "The path is not valid UTF-8, or a header came twice that may come once."],
  405: ["bad_request", "The dashboard answers to GET, HEAD and POST alone."],
  411: ["bad_request", "The request does not say how long it is.", "Sign in first."],
  413: [
    "bad_request",
    "The request is too large.",
    "It may have 64 kB, and 4 MB after signing in.",
  ],
};

/** Whether a path needs no sign-in. */
export const isOpen = (pathname: string) => OPEN.test(pathname);

/** Whether a path is a route of the API, of whichever database. */
export const isApi = (pathname: string) => splitPrefix(pathname).path.startsWith("/api/");

const isRead = ({ method }: Asked) => method === "GET" || method === "HEAD";

/** The response to what the request guard rejected; `null` for every other request. */
export function refuseGuarded(asked: Asked): Response | null {
  const refusal = getRefusal(asked.headers);
  return refusal && refuse(asked, refusal.status, ...GUARDED[refusal.status]);
}

/** The response to a method that this path doesn't have. */
export function refuseMethod(asked: Asked): Response {
  return refuse(asked, 405, ...GUARDED[405]);
}

/** The response to a foreign host or origin; `null` for every other request. */
export function refuseForeign(asked: Asked): Response | null {
  const foreign = findForeign(asked.headers, ownHosts(), !hasDoor(getEnvironment()));
  if (!foreign) return null;
  const hint = "If it is, add its name to DASHBOARD_ALLOWED_HOSTS.";
  return refuse(asked, 403, "forbidden", FOREIGN[foreign], hint);
}

/** The response to a caller who must sign in first, or has no role; `null` for all others. */
export async function refuseStranger(asked: Asked): Promise<Response | null> {
  if (!hasDoor(getEnvironment()) || isOpen(asked.pathname)) return null;
  const tokens = isApi(asked.pathname);
  const isPoll = tokens && isRead(asked);
  const caller = await findCaller(asked.headers, { tokens, isActivity: !isPoll }).catch(
    (error: unknown) => {
      if (error instanceof ProblemError) return error.problem;
      throw error;
    },
  );
  return caller && "code" in caller
    ? refuse(asked, httpStatus(caller.code), caller.code, caller.message, caller.hint)
    : stopStranger(asked, caller);
}

/**
 * The response to a request that lacks the database it needs or names an unknown one; `null` for all others. No request
 * reaches a database that its URL doesn't name.
 */
export function refuseMisplaced(asked: Asked): Response | null {
  if (findAddressed(asked.pathname) !== null) return null;
  const { name, path } = splitPrefix(asked.pathname);
  if (name === null && (!hasSeveralDatabases() || OF_NO_DATABASE.test(path))) return null;
  const isPage = asked.method === "GET" && !path.startsWith("/api/");
  if (!isPage || name !== null)
    return refuse(
      asked,
      404,
      "database_not_found",
      "The address names none of this dashboard's databases.",
      hasSeveralDatabases() ? "Open /fleet for a list of them." : "Remove /d and the name from it.",
    );
  const fleet = new URL(withBase("/fleet"), ownOrigin(asked.headers));
  // A URL from when there was a single database still leads to the task that it names.
  const id = path.split("/").find(isUuid);
  if (id) fleet.searchParams.set("id", id);
  return redirect(fleet);
}

/** The headers of the request as pages and routes receive them: with the database that the URL names. */
export function forwardHeaders({ headers, pathname }: Asked): Headers {
  const forwarded = new Headers(headers);
  forwarded.delete(DATABASE_HEADER);
  const database = findAddressed(pathname);
  if (database !== null) forwarded.set(DATABASE_HEADER, database);
  return forwarded;
}

/** Refuses a request, which is logged. */
export function refuse(
  { headers, pathname }: Asked,
  status: number,
  code: string,
  message: string,
  hint?: string,
): Response {
  const address = getClientAddress(headers);
  const path = getRefusal(headers)?.path ?? pathname;
  logRefusal({ actor: null, address, action: "request", code, message, path });
  return Response.json(
    { error: { code, message, ...(hint && { hint }) } },
    {
      status,
      headers: {
        ...apiHeaders(),
        ...transportHeaders(isHttps(headers)),
        ...(status === 405 && { Allow: "GET, HEAD, POST" }),
      },
    },
  );
}

/** The database named in the URL; `null` with a single database, and for pages of the whole dashboard. */
function findAddressed(pathname: string): string | null {
  const { name, path } = splitPrefix(pathname);
  if (name === null || !hasSeveralDatabases() || !findDatabase(name)) return null;
  return OF_NO_DATABASE.test(path) && path !== "/api/health" ? null : name;
}

/** The response to a request without a caller, or whose caller has no role; `null` for all others. */
function stopStranger(asked: Asked, caller: Caller): Response | null {
  const { pathname, search, headers } = asked;
  const isPage = asked.method === "GET" && !isApi(pathname);
  if (caller && caller.identity.grants.length > 0) return null;
  if (caller) {
    const { identity, looked } = caller;
    if (isPage)
      return withTransport(deniedPage(identity.name, looked, "DASHBOARD_PROXY_ROLES"), headers);
    return refuse(asked, 403, "forbidden", "Nothing in your account gives you a role here.");
  }
  if (!isPage) return refuse(asked, 401, "unauthenticated", "Sign in first.", "Open /sign-in.");
  const signIn = new URL(withBase("/sign-in"), ownOrigin(headers));
  if (pathname !== "/") signIn.searchParams.set("next", pathname + search);
  return withTransport(redirect(signIn), headers);
}

function redirect(url: URL): Response {
  return new Response(null, { status: 307, headers: { ...apiHeaders(), Location: String(url) } });
}

function withTransport(response: Response, headers: Headers): Response {
  for (const [name, value] of Object.entries(transportHeaders(isHttps(headers))))
    response.headers.set(name, value);
  return response;
}

function ownHosts(): readonly string[] {
  const { DASHBOARD_ALLOWED_HOSTS, DASHBOARD_URL } = getEnvironment();
  return DASHBOARD_URL === undefined
    ? DASHBOARD_ALLOWED_HOSTS
    : [...DASHBOARD_ALLOWED_HOSTS, new URL(DASHBOARD_URL).host];
}

/** The origin that the browser uses, which may differ from the address this server listens on. */
function ownOrigin(headers: Headers): string {
  const { DASHBOARD_URL } = getEnvironment();
  if (DASHBOARD_URL !== undefined) return new URL(DASHBOARD_URL).origin;
  return `${isHttps(headers) ? "https" : "http"}://${headers.get("host")}`;
}
