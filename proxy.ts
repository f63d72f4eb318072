import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { withBase } from "@/lib/base-path";
import { getEnvironment } from "@/lib/db/env";
import { apiHeaders, pageHeaders } from "@/lib/identity/headers";
import { findForeign } from "@/lib/identity/origin";
import { SESSION_COOKIE, verifySession } from "@/lib/identity/session";

/** Open without signing in. Probes of load balancers cannot sign in, and learn no more than whether there is a database. */
const OPEN = [
  "/sign-in",
  "/api/health",
  "/api/health/live",
  "/api/health/ready",
  "/api/health/startup",
];

/**
 * Stands before every page, route and action: refuses foreign hosts and origins, asks for a session where a token is
 * set, and gives each page its own policy. Actions and routes authorise once more by themselves.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const { DASHBOARD_ALLOWED_HOSTS, DASHBOARD_TOKEN } = getEnvironment();
  const { pathname, search } = request.nextUrl;
  const isApi = pathname.startsWith("/api/");

  const isLocal = DASHBOARD_TOKEN === undefined;
  const foreign = findForeign(request.headers, DASHBOARD_ALLOWED_HOSTS, isLocal);
  if (foreign)
    return refuse(
      403,
      "forbidden",
      `The request's ${foreign} is not this dashboard's.`,
      "If it is, add its name to DASHBOARD_ALLOWED_HOSTS.",
    );

  if (DASHBOARD_TOKEN !== undefined && !OPEN.includes(pathname)) {
    const session = await verifySession(
      request.cookies.get(SESSION_COOKIE)?.value,
      DASHBOARD_TOKEN,
    );
    if (!session && (isApi || request.method !== "GET"))
      return refuse(401, "unauthenticated", "Sign in first.", "Open /sign-in.");
    if (!session) {
      // Where the browser is, which need not be the address this server listens on.
      const scheme = request.headers.get("x-forwarded-proto") === "https" ? "https" : "http";
      const signIn = new URL(withBase("/sign-in"), `${scheme}://${request.headers.get("host")}`);
      if (pathname !== "/") signIn.searchParams.set("next", pathname + search);
      return NextResponse.redirect(signIn, { headers: apiHeaders() });
    }
  }

  if (isApi) return withHeaders(NextResponse.next(), apiHeaders());
  const nonce = randomBytes(16).toString("base64");
  const headers = pageHeaders(nonce, process.env.NODE_ENV === "development");
  const forwarded = new Headers(request.headers);
  forwarded.set("x-nonce", nonce);
  // The framework takes the nonce for its own tags from here.
  forwarded.set("Content-Security-Policy", headers["Content-Security-Policy"] ?? "");
  return withHeaders(NextResponse.next({ request: { headers: forwarded } }), headers);
}

// Below a base path, the second pattern does not match the root.
export const config = { matcher: ["/", "/((?!_next/static/|_next/image|favicon.ico).*)"] };

function refuse(status: number, code: string, message: string, hint: string): Response {
  return Response.json({ error: { code, message, hint } }, { status, headers: apiHeaders() });
}

function withHeaders(response: NextResponse, headers: Record<string, string>): NextResponse {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
