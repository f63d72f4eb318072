import { getDatabase, getHomeDatabase, hasSeveralDatabases } from "@/lib/db/databases";
import { matchesPattern, type Viewer } from "@/lib/db/viewer";
import {
  type Door,
  type Grant,
  includesPermission,
  isChange,
  needsAllQueues,
  type Permission,
} from "@/lib/model/access";

/** The caller of a request, and what they may do where. */
export type Identity = {
  /** Identifies the person within the door: a subject of the provider, a user name, the id of a token. */
  subject: string;
  /** For display only. No decision depends on it. */
  name: string;
  door: Door;
  grants: readonly Grant[];
  /** The source of these grants: the claims and headers that matched, or the setting that gave them. */
  reasons: readonly string[];
  /** The session that can be listed and revoked; `null` if each request carries the identity itself. */
  sessionId: string | null;
};

export const EVERYWHERE = { queues: null, tenants: null, payloads: true } as const;

/**
 * The grants with a permission in the current database, without those included in another one. Access is managed
 * in the first database, from the pages of any database.
 */
export function grantsWith(identity: Identity, permission: Permission): readonly Grant[] {
  const { name } = permission === "manage access" ? getHomeDatabase() : getDatabase();
  const grants = identity.grants.filter(
    (grant) =>
      includesPermission(grant.role, permission) &&
      (grant.queues === null || !needsAllQueues(permission)) &&
      isFor(grant, name),
  );
  return grants.filter(
    (grant, index) =>
      !grants.some(
        (other, place) =>
          place !== index && contains(other, grant) && (place < index || !contains(grant, other)),
      ),
  );
}

/** Whether the identity has the permission for everything that the grant covers, and so may grant it. */
export function covers(identity: Identity, grant: Grant, permission: Permission): boolean {
  return grantsWith(identity, permission).some((own) => contains(own, grant));
}

/**
 * Whether the identity manages the access of a person with these grants: it has `manage access` for everything
 * that they cover, so a manager of a part sees no one outside that part. Those who manage everyone manage a person
 * without grants.
 */
export function manages(identity: Identity, grants: readonly Grant[]): boolean {
  const covered = grants.length > 0 ? grants : [FULL_GRANT];
  return covered.every((grant) => covers(identity, grant, "manage access"));
}

const FULL_GRANT: Grant = { role: "admin", ...EVERYWHERE };

function isFor({ databases }: Grant, name: string): boolean {
  return databases?.some((pattern) => matchesPattern(pattern, name)) ?? true;
}

/**
 * Whether one grant covers everything that the other covers. A pattern covers itself and literal names that match
 * it.
 */
function contains(outer: Grant, inner: Grant): boolean {
  const isNameOf = (name: string) => (pattern: string) =>
    pattern === name || (!name.includes("*") && matchesPattern(pattern, name));
  const hasQueues =
    outer.queues === null || inner.queues?.every((queue) => outer.queues?.some(isNameOf(queue)));
  const hasDatabases =
    !outer.databases || inner.databases?.every((name) => outer.databases?.some(isNameOf(name)));
  const hasTenants =
    outer.tenants === null || inner.tenants?.every((tenant) => outer.tenants?.includes(tenant));
  return Boolean(hasQueues && hasTenants && hasDatabases) && (outer.payloads || !inner.payloads);
}

/**
 * The viewer for which an action with this permission is done. Payloads are shown if all of the grants show them:
 * one grant cannot reveal what another one hides.
 */
export function toViewer(identity: Identity, permission: Permission): Viewer {
  const grants = grantsWith(identity, permission);
  return {
    scope: grants.map(({ queues, tenants }) => ({ queues, tenants })),
    payloads: grants.length > 0 && grants.every(({ payloads }) => payloads),
  };
}

/** Restrictions that the dashboard's settings impose on everyone. */
export type Switches = { readOnly: boolean; disabled: readonly Permission[] };

/** Why the identity lacks a permission; `null` if it has it. */
export function whyDenied(
  identity: Identity,
  permission: Permission,
  { readOnly, disabled }: Switches,
): string | null {
  if (disabled.includes(permission)) return `"${permission}" is switched off on this dashboard.`;
  if (readOnly && isChange(permission)) return "This dashboard is read-only.";
  if (grantsWith(identity, permission).length > 0) return null;
  const grants = identity.grants.filter(({ role }) => includesPermission(role, permission));
  if (
    grants.length > 0 &&
    hasSeveralDatabases() &&
    !grants.some((grant) => isFor(grant, getDatabase().name))
  )
    return "Your role does not cover this database.";
  if (grants.length > 0)
    return `Your role covers some queues only; the permission "${permission}" concerns all of them.`;
  return `Your role does not include the permission "${permission}".`;
}
