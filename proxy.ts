import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { withBase } from "@/lib/base-path";
import {
  type Asked,
  forwardHeaders,
  isApi,
  isOpen,
  refuse,
  refuseForeign,
  refuseGuarded,
  refuseMethod,
  refuseMisplaced,
  refuseStranger,
} from "@/lib/identity/admission";
import { isHttps } from "@/lib/identity/client-address";
import { apiHeaders, fileHeaders, pageHeaders, transportHeaders } from "@/lib/identity/headers";
import { isPlainAction } from "@/lib/identity/request-guard";
import { renewSession } from "@/lib/identity/session-cookie";

/** Routes outside the pages' frame, whose responses have the headers of API routes or their own policy. */
const ROUTES = /^\/(sign-in\/oidc(\/callback)?|sign-out)$/;

/** Static files of the build. Reading them needs no sign-in, but hosts are still checked. */
const STATIC = /^\/(_next\/static\/[^?#]+|icon\.svg|favicon\.ico)$/;

/**
 * Runs before every request that the framework answers: refuses what the request guard rejects, and foreign hosts and
 * origins; requires a known caller if a way to sign in is configured; and gives each page its own CSP. Actions and routes
 * authorise again themselves. There is no matcher, because paths excluded by it would skip all of this.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const { headers, method, nextUrl } = request;
  const { pathname, search } = nextUrl;
  const asked: Asked = { method, headers, pathname, search };
  const transport = transportHeaders(isHttps(headers));
  const guarded = refuseGuarded(asked);
  if (guarded) return guarded;

  if (nextUrl.basePath !== withBase("/").slice(0, -1)) return notFound(transport);
  const foreign = refuseForeign(asked);
  if (foreign) return foreign;
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && STATIC.test(pathname))
    return withHeaders(NextResponse.next(), { ...fileHeaders(), ...transport });

  const stranger = await refuseStranger(asked);
  if (stranger) return stranger;
  if (STATIC.test(pathname)) return refuseMethod(asked);
  if (!isApi(pathname) && !isRead && !(await isPlainAction(request)))
    return refuse(asked, 400, "bad_request", "The body is not the input of an action.");
  const misplaced = refuseMisplaced(asked);
  if (misplaced) return withHeaders(misplaced, transport);
  const forwarded = forwardHeaders(asked);
  // The framework removes the prefix (next.config.js).
  const pass = () => NextResponse.next({ request: { headers: forwarded } });
  if (isApi(pathname)) return withHeaders(pass(), { ...apiHeaders(), ...transport });
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
  const renewed = isOpen(pathname) ? null : await renewSession(headers);
  if (renewed) response.cookies.set(renewed);
  return withHeaders(response, { ...own, ...transport });
}

/** The response outside the base path, where other applications of the host live. It reveals nothing about this one. */
function notFound(transport: Record<string, string>): Response {
  const error = { code: "not_found", message: "There is nothing at this address." };
  return Response.json({ error }, { status: 404, headers: { ...apiHeaders(), ...transport } });
}

function withHeaders<R extends Response>(response: R, headers: Record<string, string>): R {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
