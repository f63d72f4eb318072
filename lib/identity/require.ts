import { headers as pageHeaders } from "next/headers";
import { getEnvironment, hasDoor } from "@/lib/db/env";
import { getTenants, type Tenants } from "@/lib/db/tenants";
import { type Actor, runAs, UNRESTRICTED, viewerKey } from "@/lib/db/viewer";
import { type Access, PERMISSIONS, type Permission } from "@/lib/model/access";
import { ProblemError } from "@/lib/model/problem";
import { findCaller } from "./caller";
import { getClientAddress } from "./client-address";
import { type Identity, toViewer, whyDenied } from "./identity";
import { logRefusal, recordRefusal } from "./refusal";

/**
 * Runs work for a caller that has the permission: everything that the work reads or changes is limited to the scope in
 * which the caller has it, and the record names the caller. The one way into reads and changes. Refusals are logged, and
 * those of people also recorded.
 *
 * @param request in route handlers; pages and actions pass `undefined`.
 * @throws ProblemError `unauthenticated` or `forbidden`
 */
export async function withPermission<T>(
  permission: Permission,
  request: Request | undefined,
  work: (identity: Identity) => T | Promise<T>,
): Promise<T> {
  const { identity, actor } = await requireCaller(request, permission);
  const denied = whyDenied(identity, permission, getSwitches());
  if (denied !== null) {
    const { address } = actor;
    await recordRefusal({ actor, address, action: permission, code: "forbidden", message: denied });
    throw new ProblemError({ code: "forbidden", message: denied });
  }
  return runAs({ ...toViewer(identity, permission), actor }, async () => work(identity));
}

/**
 * Whether the caller of a request that is still open has the permission in the scope of the current work, with which it
 * began. Records nothing.
 */
export async function isStillPermitted(permission: Permission, request: Request): Promise<boolean> {
  const caller = await findCaller(request.headers, { tokens: true, isActivity: false });
  if (!caller || whyDenied(caller.identity, permission, getSwitches()) !== null) return false;
  return runAs(toViewer(caller.identity, permission), viewerKey) === viewerKey();
}

/** Runs work for everybody, signed in or not: what it returns must need no permission. */
export function openly<T>(work: () => T): T {
  return runAs(UNRESTRICTED, work);
}

/** What the frame of every page shows of the caller; `null` if nobody is signed in. */
export async function findAccess(): Promise<{ access: Access; tenants: Tenants } | null> {
  const caller = await findCaller(await getHeaders(), { tokens: false, isActivity: true });
  if (!caller) return null;
  const { identity } = caller;
  const { name, door } = identity;
  return {
    access: {
      ...{ name, door, denied: describeDenied(identity) },
      hasSession: door === "token" || door === "oidc",
    },
    tenants: runAs(toViewer(identity, "view"), () => getTenants()),
  };
}

/** Why the identity lacks each permission that it lacks. */
export function describeDenied(identity: Identity): Access["denied"] {
  const switches = getSwitches();
  const denied = PERMISSIONS.flatMap((permission) => {
    const reason = whyDenied(identity, permission, switches);
    return reason === null ? [] : [[permission, reason] as const];
  });
  return Object.fromEntries(denied);
}

/** Whom the record names for an identity. */
export function toActor({ name, door, subject }: Identity, address: string | null): Actor {
  return { name, door, subject, address };
}

/** What the settings take from everybody. */
export function getSwitches() {
  const { DASHBOARD_READ_ONLY: readOnly, DASHBOARD_DISABLE: disabled } = getEnvironment();
  return { readOnly, disabled };
}

async function requireCaller(
  request: Request | undefined,
  action: string,
): Promise<{ identity: Identity; actor: Actor }> {
  const headers = await getHeaders(request);
  const isPage = request === undefined;
  const caller = await findCaller(headers, { tokens: !isPage, isActivity: isPage });
  const address = getClientAddress(headers);
  if (caller) return { identity: caller.identity, actor: toActor(caller.identity, address) };
  const message = "Sign in first.";
  logRefusal({ actor: null, address, action, code: "unauthenticated", message });
  throw new ProblemError({ code: "unauthenticated", message });
}

async function getHeaders(request?: Request): Promise<Headers> {
  if (request) return request.headers;
  // Without a door nothing depends on them, and actions run outside of requests too.
  return hasDoor(getEnvironment()) ? pageHeaders() : new Headers();
}
