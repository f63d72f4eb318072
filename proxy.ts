import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { splitPrefix, withBase } from "@/lib/base-path";
import { findDatabase, hasSeveralDatabases } from "@/lib/db/databases";
import { getEnvironment, hasDoor } from "@/lib/db/env";
import { type Caller, findCaller } from "@/lib/identity/caller";
import { getClientAddress, isHttps } from "@/lib/identity/client-address";
import { deniedPage } from "@/lib/identity/denied-page";
import { apiHeaders, fileHeaders, pageHeaders, transportHeaders } from "@/lib/identity/headers";
import { findForeign } from "@/lib/identity/origin";
import { logRefusal } from "@/lib/identity/refusal";
import { type GuardRefusal, getRefusal, isPlainAction } from "@/lib/identity/request-guard";
import { renewSession } from "@/lib/identity/session-cookie";
import { DATABASE_HEADER } from "@/lib/model/database";
import { isUuid } from "@/lib/model/ids";
import { httpStatus, ProblemError } from "@/lib/model/problem";

/**
 * Paths that need no sign-in. Load balancers can't sign in; their probes only reveal the version and whether there is a
 * database.
 */
const OPEN = /^\/(sign-in(\/oidc(\/callback)?)?|api\/health(\/\w+)?)$/;

/** Routes outside the pages' frame, whose responses have the headers of API routes or their own policy. */
const ROUTES = /^\/(sign-in\/oidc(\/callback)?|sign-out)$/;

/** Pages and routes of the whole dashboard if it has several databases. All others belong to one of them. */
const OF_NO_DATABASE = /^\/(fleet|sign-in(\/oidc(\/callback)?)?|sign-out|api\/health(\/\w+)?)$/;

/** Static files of the build. Reading them needs no sign-in, but hosts are still checked. */
const STATIC = /^\/(_next\/static\/[^?#]+|icon\.svg|favicon\.ico)$/;

const FOREIGN = {
  host: "The request's host is not this dashboard's.",
  origin: "The request's origin is not this dashboard's.",
};

/**
 * Runs before every request: refuses what the request guard rejects, and foreign hosts and origins; requires a known
 * caller if a way to sign in is configured; and gives each page its own CSP. Actions and routes authorise again
 * themselves. There is no matcher, because paths excluded by it would skip all of this.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const { headers, method } = request;
  const { pathname } = request.nextUrl;
  const transport = transportHeaders(isHttps(headers));
  const refusal = getRefusal(headers);
  if (refusal !== null) return refuse(request, refusal.status, ...GUARDED[refusal.status]);

  if (request.nextUrl.basePath !== withBase("/").slice(0, -1)) return notFound(transport);
  const settings = getEnvironment();
  const foreign = findForeign(headers, ownHosts(), !hasDoor(settings));
  if (foreign)
    return refuse(
      request,
      403,
      "forbidden",
      FOREIGN[foreign],
      "If it is, add its name to DASHBOARD_ALLOWED_HOSTS.",
    );
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && STATIC.test(pathname))
    return withHeaders(NextResponse.next(), { ...fileHeaders(), ...transport });

  const address = splitPrefix(pathname);
  const isApi = address.path.startsWith("/api/");
  if (hasDoor(settings) && !OPEN.test(pathname)) {
    const isPoll = isApi && isRead;
    const caller = await findCaller(headers, { tokens: isApi, isActivity: !isPoll }).catch(
      (error: unknown) => {
        if (error instanceof ProblemError) return error.problem;
        throw error;
      },
    );
    const stop =
      caller && "code" in caller
        ? refuse(request, httpStatus(caller.code), caller.code, caller.message, caller.hint)
        : stopStranger(request, caller);
    if (stop) return withHeaders(stop, transport);
  }

  if (STATIC.test(pathname)) return refuse(request, 405, ...GUARDED[405]);
  if (!isApi && !isRead && !(await isPlainAction(request)))
    return refuse(request, 400, "bad_request", "The body is not the input of an action.");
  const database = findAddressed(address);
  const misplaced = database === null ? stopMisplaced(request, address) : null;
  if (misplaced) return withHeaders(misplaced, transport);
  const forwarded = new Headers(headers);
  forwarded.delete(DATABASE_HEADER);
  if (database !== null) forwarded.set(DATABASE_HEADER, database);
  // The framework removes the prefix (next.config.js).
  const pass = () => NextResponse.next({ request: { headers: forwarded } });
  if (isApi) return withHeaders(pass(), { ...apiHeaders(), ...transport });
  if (ROUTES.test(pathname)) return withHeaders(pass(), transport);
  const nonce = randomBytes(16).toString("base64");
  const own = pageHeaders(nonce, process.env.NODE_ENV === "development");
  forwarded.set("x-nonce", nonce);
  // The framework takes the nonce for its own tags from this header.
  forwarded.set("Content-Security-Policy", own["Content-Security-Policy"] ?? "");
  // The framework accepts an action only from the origin that the request names as its host. The origin was checked
  // above, with entries that cover every port, which the framework's own list can't express.
  const origin = headers.get("origin");
  if (origin !== null) forwarded.set("x-forwarded-host", new URL(origin).host);
  const response = pass();
  const renewed = OPEN.test(pathname) ? null : await renewSession(headers);
  if (renewed) response.cookies.set(renewed);
  return withHeaders(response, { ...own, ...transport });
}

type Address = ReturnType<typeof splitPrefix>;

/** The database named in the URL; `null` with a single database, and for pages of the whole dashboard. */
function findAddressed({ name, path }: Address): string | null {
  if (name === null || !hasSeveralDatabases() || !findDatabase(name)) return null;
  return OF_NO_DATABASE.test(path) && path !== "/api/health" ? null : name;
}

/**
 * The response to a request that lacks the database it needs or names an unknown one; `null` for all others. No request
 * reaches a database that its URL doesn't name.
 */
function stopMisplaced(request: NextRequest, { name, path }: Address): Response | null {
  if (name === null && (!hasSeveralDatabases() || OF_NO_DATABASE.test(path))) return null;
  const isPage = request.method === "GET" && !path.startsWith("/api/");
  if (!isPage || name !== null)
    return refuse(
      request,
      404,
      "database_not_found",
      "The address names none of this dashboard's databases.",
      hasSeveralDatabases() ? "Open /fleet for a list of them." : "Remove /d and the name from it.",
    );
  const fleet = new URL(withBase("/fleet"), ownOrigin(request.headers));
  // A URL from when there was a single database still leads to the task that it names.
  const id = path.split("/").find(isUuid);
  if (id) fleet.searchParams.set("id", id);
  return NextResponse.redirect(fleet, { headers: apiHeaders() });
}

/** The response to a request without a caller, or whose caller has no role; `null` for all others. */
function stopStranger(request: NextRequest, caller: Caller): Response | null {
  const { pathname, search } = request.nextUrl;
  const isPage = request.method === "GET" && !splitPrefix(pathname).path.startsWith("/api/");
  if (caller && caller.identity.grants.length > 0) return null;
  if (caller) {
    const { identity, looked } = caller;
    if (isPage) return deniedPage(identity.name, looked, "DASHBOARD_PROXY_ROLES");
    return refuse(request, 403, "forbidden", "Nothing in your account gives you a role here.");
  }
  if (!isPage) return refuse(request, 401, "unauthenticated", "Sign in first.", "Open /sign-in.");
  const signIn = new URL(withBase("/sign-in"), ownOrigin(request.headers));
  if (pathname !== "/") signIn.searchParams.set("next", pathname + search);
  return NextResponse.redirect(signIn, { headers: apiHeaders() });
}

/** The response outside the base path, where other applications of the host live. It reveals nothing about this one. */
function notFound(transport: Record<string, string>): Response {
  const error = { code: "not_found", message: "There is nothing at this address." };
  return Response.json({ error }, { status: 404, headers: { ...apiHeaders(), ...transport } });
}

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

function refuse(
  { headers, nextUrl }: NextRequest,
  status: number,
  code: string,
  message: string,
  hint?: string,
): Response {
  const address = getClientAddress(headers);
  const path = getRefusal(headers)?.path ?? nextUrl.pathname;
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

function withHeaders<R extends Response>(response: R, headers: Record<string, string>): R {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
