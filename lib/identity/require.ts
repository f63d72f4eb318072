import { cookies } from "next/headers";
import { getEnvironment } from "@/lib/db/env";
import { type Identity, type Role, readSession, SESSION_COOKIE } from "./session";

/** Somebody may not do this: not signed in, or without the role. */
export class AuthError extends Error {
  override readonly name = "AuthError";
  readonly code: "unauthenticated" | "forbidden";

  constructor(code: AuthError["code"]) {
    super(code === "forbidden" ? "You may look, but not change anything." : "Sign in first.");
    this.code = code;
  }
}

/**
 * Makes sure that the caller may look, and says who it is. Without DASHBOARD_TOKEN everybody who reaches this machine
 * is the local operator.
 *
 * @param request in route handlers; pages and actions leave it out.
 * @throws AuthError
 */
export function requireViewer(request?: Request): Promise<Identity> {
  return requireRole("viewer", request);
}

/**
 * Makes sure that the caller may act on tasks and events, and says who it is.
 *
 * @throws AuthError
 */
export function requireOperator(request?: Request): Promise<Identity> {
  return requireRole("operator", request);
}

/** @throws AuthError */
export async function requireRole(role: Role, request?: Request): Promise<Identity> {
  const identity = await getIdentity(request);
  if (!identity) throw new AuthError("unauthenticated");
  if (!identity.roles.includes(role)) throw new AuthError("forbidden");
  return identity;
}

/** Who asks, or `null` when nobody is signed in. */
export async function getIdentity(request?: Request): Promise<Identity | null> {
  const { DASHBOARD_TOKEN: token } = getEnvironment();
  if (token === undefined) return localOperator();
  const session = request
    ? cookieOf(request, SESSION_COOKIE)
    : (await cookies()).get(SESSION_COOKIE)?.value;
  return readSession(session, token);
}

/** The one operator there is so far. */
export function localOperator(): Identity {
  return { name: getEnvironment().DASHBOARD_OPERATOR, roles: ["viewer", "operator"] };
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(/; */).map((pair) => pair.split("="));
  return pairs.find(([key]) => key === name)?.[1];
}
