import { cookies } from "next/headers";
import { getEnvironment } from "@/lib/db/env";
import { ProblemError } from "@/lib/model/problem";
import { type Identity, type Role, readSession, SESSION_COOKIE } from "./session";

/**
 * Makes sure that the caller may look, and says who it is. Without DASHBOARD_TOKEN everybody who reaches this machine
 * is the local operator.
 *
 * @param request in route handlers; pages and actions leave it out.
 * @throws ProblemError
 */
export function requireViewer(request?: Request): Promise<Identity> {
  return requireRole("viewer", request);
}

/**
 * Makes sure that the caller may act on tasks and events, and says who it is.
 *
 * @throws ProblemError
 */
export function requireOperator(request?: Request): Promise<Identity> {
  return requireRole("operator", request);
}

/** @throws ProblemError */
export async function requireRole(role: Role, request?: Request): Promise<Identity> {
  const identity = await getIdentity(request);
  if (!identity) throw new ProblemError({ code: "unauthenticated", message: "Sign in first." });
  if (!identity.roles.includes(role))
    throw new ProblemError({
      code: "forbidden",
      message: "Your role may view, but not change anything.",
    });
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
