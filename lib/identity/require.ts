import { cookies } from "next/headers";
import { getEnvironment } from "@/lib/db/env";
import { getTenants, type Tenants } from "@/lib/db/tenants";
import { ProblemError } from "@/lib/model/problem";
import { isPermitted, type Permission } from "./permissions";
import { type Identity, SESSION_COOKIE, verifySession } from "./session";

/**
 * The identity of a caller that has the permission.
 *
 * @param request in route handlers; pages and actions omit it.
 * @throws ProblemError `unauthenticated` or `forbidden`
 */
export async function requirePermission(
  permission: Permission,
  request?: Request,
): Promise<Identity> {
  const identity = await findIdentity(request);
  if (!identity) throw new ProblemError({ code: "unauthenticated", message: "Sign in first." });
  if (!isPermitted(identity.roles, permission))
    throw new ProblemError({
      code: "forbidden",
      message: `Your role does not include the permission "${permission}".`,
    });
  return identity;
}

/** Whether a token is required. Without DASHBOARD_TOKEN everyone with access to this machine is the local operator. */
export function isTokenRequired(): boolean {
  return getEnvironment().DASHBOARD_TOKEN !== undefined;
}

/** The tenants whose rows this dashboard shows; `null`: all. */
export function viewedTenants(): Tenants {
  return getTenants();
}

/** The only operator of a dashboard that has one token. */
export function localOperator(): Identity {
  return { name: getEnvironment().DASHBOARD_OPERATOR, roles: ["viewer", "operator"] };
}

async function findIdentity(request?: Request): Promise<Identity | null> {
  const { DASHBOARD_TOKEN: token } = getEnvironment();
  if (token === undefined) return localOperator();
  const session = request
    ? findCookie(request, SESSION_COOKIE)
    : (await cookies()).get(SESSION_COOKIE)?.value;
  return verifySession(session, token);
}

function findCookie(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(/; */).map((pair) => pair.split("="));
  return pairs.find(([key]) => key === name)?.[1];
}
