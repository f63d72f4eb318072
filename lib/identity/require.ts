import { headers as pageHeaders } from "next/headers";
import { hasSeveralDatabases, listDatabases, runOn } from "@/lib/db/databases";
import { getEnvironment, hasDoor } from "@/lib/db/env";
import { getTenants, type Tenants } from "@/lib/db/tenants";
import { type Actor, runAs, UNRESTRICTED, viewerKey } from "@/lib/db/viewer";
import { type Access, PERMISSIONS, type Permission, type Uncovered } from "@/lib/model/access";
import type { DatabaseLabel } from "@/lib/model/database";
import { ProblemError } from "@/lib/model/problem";
import { findCaller } from "./caller";
import { getClientAddress } from "./client-address";
import { type Identity, toViewer, whyDenied } from "./identity";
import { findRequestDatabase, requireDatabase } from "./page-database";
import { logRefusal, recordRefusal } from "./refusal";

/**
 * Runs work for a caller that has the permission, on the database of the request: everything that the work reads
 * or changes is in that database and limited to the scope in which the caller has the permission, and the audit
 * log names the caller. The only entry to reads and changes. Refusals are logged, and those of people also
 * recorded.
 *
 * @param request in route handlers; pages and actions pass `undefined`.
 * @throws ProblemError `unauthenticated`, `forbidden`, or `database_not_found` for an address that names no
 * database
 */
export async function withPermission<T>(
  permission: Permission,
  request: Request | undefined,
  work: (identity: Identity) => T | Promise<T>,
): Promise<T> {
  const database = await requireDatabase(request);
  return runOn(database, () => authorise(permission, request, work)).catch((error: unknown) => {
    throw hasSeveralDatabases() ? nameSetting(error, database.name) : error;
  });
}

/** The same problem, naming the setting that holds the connection strings of several databases. */
function nameSetting(error: unknown, database: string): unknown {
  if (!(error instanceof ProblemError)) return error;
  const { code, message, hint } = error;
  const name = (text: string) => text.replaceAll("DATABASE_URL", `DATABASES ("${database}")`);
  return new ProblemError(
    { code, message: name(message), hint: hint && name(hint) },
    { cause: error },
  );
}

async function authorise<T>(
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
 * Whether the caller of a request that is still open has the permission in the scope with which the current work
 * started. Records nothing.
 */
export async function isStillPermitted(permission: Permission, request: Request): Promise<boolean> {
  const caller = await findCaller(request.headers, { tokens: true, isActivity: false });
  if (!caller || whyDenied(caller.identity, permission, getSwitches()) !== null) return false;
  return runAs(toViewer(caller.identity, permission), viewerKey) === viewerKey();
}

/**
 * Runs work for everyone, signed in or not: its result must need no permission. Runs on the database that the
 * request's address names, or on all of them if it names none.
 */
export async function openly<T>(request: Request, work: () => Promise<T>): Promise<T[]> {
  const named = await findRequestDatabase(request);
  const databases = named ? [named] : listDatabases();
  return Promise.all(databases.map((database) => runOn(database, () => runAs(UNRESTRICTED, work))));
}

/** The caller's access, as the frame of every page of a database shows it; `null` if not signed in. */
export async function findAccess(): Promise<{ access: Access; tenants: Tenants } | null> {
  return runOn(await requireDatabase(undefined), findAccessHere);
}

/**
 * What the page of all databases shows about the caller, with the databases in which they have the permission to
 * view; `null` if not signed in.
 */
export async function findFleet(): Promise<{
  databases: DatabaseLabel[];
  /** Why there is no such database; `null` if there are some. */
  uncovered: Uncovered | null;
  hasSession: boolean;
  /** Whether the dashboard has only one database, which needs no such page. */
  isOne: boolean;
} | null> {
  const caller = await findCaller(await getHeaders(), { tokens: false, isActivity: true });
  if (!caller) return null;
  const { identity } = caller;
  const visible = listDatabases().filter((database) =>
    runOn(database, () => whyDenied(identity, "view", getSwitches()) === null),
  );
  return {
    databases: visible.map(({ name, label, colour }) => ({ name, label, colour })),
    uncovered: visible.length > 0 ? null : explainUncovered(identity),
    isOne: !hasSeveralDatabases(),
    hasSession: identity.door === "token" || identity.door === "oidc",
  };
}

function explainUncovered({ name, grants, reasons }: Identity): Uncovered {
  const { disabled } = getSwitches();
  return { name, grants, reasons, isSwitchedOff: disabled.includes("view") };
}

async function findAccessHere(): ReturnType<typeof findAccess> {
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

/** Why the identity lacks each of its missing permissions. */
export function describeDenied(identity: Identity): Access["denied"] {
  const switches = getSwitches();
  const denied = PERMISSIONS.flatMap((permission) => {
    const reason = whyDenied(identity, permission, switches);
    return reason === null ? [] : [[permission, reason] as const];
  });
  return Object.fromEntries(denied);
}

/** The person that the audit log names for an identity. */
export function toActor({ name, door, subject }: Identity, address: string | null): Actor {
  return { name, door, subject, address };
}

/** The restrictions that the settings impose on everyone. */
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
  // Without a door nothing depends on them, and actions also run outside requests.
  return hasDoor(getEnvironment()) ? pageHeaders() : new Headers();
}
