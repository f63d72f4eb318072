import { cookies } from "next/headers";
import { getEnvironment } from "@/lib/db/env";
import { getTenants, type Tenants } from "@/lib/db/tenants";
import { runAs, UNRESTRICTED } from "@/lib/db/viewer";
import { type Access, PERMISSIONS, type Permission } from "@/lib/model/access";
import { ProblemError } from "@/lib/model/problem";
import { EVERYWHERE, type Identity, toViewer, whyDenied } from "./identity";
import { SESSION_COOKIE, verifySession } from "./session";

/**
 * Runs work for a caller that has the permission: everything that the work reads or changes is limited to the scope in
 * which the caller has it. The one way into reads and changes.
 *
 * @param request in route handlers; pages and actions pass `undefined`.
 * @throws ProblemError `unauthenticated` or `forbidden`
 */
export async function withPermission<T>(
  permission: Permission,
  request: Request | undefined,
  work: (identity: Identity) => T | Promise<T>,
): Promise<T> {
  const identity = await requireIdentity(request);
  const denied = whyDenied(identity, permission, getSwitches());
  if (denied !== null) throw new ProblemError({ code: "forbidden", message: denied });
  return runAs(toViewer(identity, permission), async () => work(identity));
}

/** Runs work for everybody, signed in or not: what it returns must need no permission. */
export function openly<T>(work: () => T): T {
  return runAs(UNRESTRICTED, work);
}

/** Who calls. @throws ProblemError `unauthenticated` */
export async function requireIdentity(request?: Request): Promise<Identity> {
  const identity = await findIdentity(request);
  if (!identity) throw new ProblemError({ code: "unauthenticated", message: "Sign in first." });
  return identity;
}

/** What the frame of every page shows of the caller. @throws ProblemError `unauthenticated` */
export async function getAccess(): Promise<{ access: Access; tenants: Tenants }> {
  const identity = await requireIdentity();
  const switches = getSwitches();
  const denied = PERMISSIONS.flatMap((permission) => {
    const reason = whyDenied(identity, permission, switches);
    return reason === null ? [] : [[permission, reason] as const];
  });
  const { name, door } = identity;
  return {
    access: {
      ...{ name, door, denied: Object.fromEntries(denied) },
      hasSession: door === "token" || door === "oidc",
    },
    tenants: runAs(toViewer(identity, "view"), () => getTenants()),
  };
}

/** Whether a token is required. Without DASHBOARD_TOKEN everyone with access to this machine is the local operator. */
export function isTokenRequired(): boolean {
  return getEnvironment().DASHBOARD_TOKEN !== undefined;
}

/** Everyone with access to this machine, where no door is configured. */
export function localOperator(): Identity {
  const { DASHBOARD_OPERATOR: name } = getEnvironment();
  return {
    subject: name,
    name,
    door: isTokenRequired() ? "token" : "local",
    grants: [{ role: "admin", ...EVERYWHERE }],
    reasons: [],
    sessionId: null,
  };
}

/** What the settings take from everybody. */
export function getSwitches() {
  const { DASHBOARD_READ_ONLY: readOnly, DASHBOARD_DISABLE: disabled } = getEnvironment();
  return { readOnly, disabled };
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
