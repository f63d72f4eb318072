/** What a person may do, in the words of the actions; `view` is every read that has no permission of its own. */
export const PERMISSIONS = [
  "view",
  "export tasks",
  "export audit log",
  "cancel task",
  "retry task",
  "spawn task",
  "run task again",
  "fork task",
  "reschedule run",
  "extend lease",
  "emit event",
  "create queue",
  "repair queue",
  "drop queue",
  "set queue policy",
  "clean up queue",
  "start bulk",
  "abort bulk",
  "start workflow run",
  "cancel workflow run",
  "close circuit",
  "manage access",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Permissions that change nothing in the engine. A read-only dashboard keeps them. */
const HARMLESS: ReadonlySet<Permission> = new Set([
  "view",
  "export tasks",
  "export audit log",
  "manage access",
]);

/** Whether the permission is for an action that changes queues, tasks, events or workflow runs. */
export function isChange(permission: Permission): boolean {
  return !HARMLESS.has(permission);
}

/** Bundles of permissions, each with everything that the one before it has. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

const ADMIN_ONLY: readonly Permission[] = [
  "fork task",
  "create queue",
  "repair queue",
  "drop queue",
  "set queue policy",
  "clean up queue",
  "manage access",
];

const BUNDLES: Record<Role, ReadonlySet<Permission>> = {
  viewer: new Set<Permission>(["view", "export tasks"]),
  operator: new Set(PERMISSIONS.filter((permission) => !ADMIN_ONLY.includes(permission))),
  admin: new Set(PERMISSIONS),
};

/** Whether a role includes a permission. */
export function includesPermission(role: Role, permission: Permission): boolean {
  return BUNDLES[role].has(permission);
}

/** A role over a part of the queues and tenants. */
export type Grant = {
  role: Role;
  /** Patterns of queue names, in which `*` is any text; `null`: all queues. */
  queues: readonly string[] | null;
  /** `null`: all tenants, and tasks without one. */
  tenants: readonly string[] | null;
  /** Whether values are shown: params, headers, results, errors, checkpoints, event payloads. */
  payloads: boolean;
};

/** How a person came in. */
export const DOORS = ["local", "token", "oidc", "proxy", "api token"] as const;
export type Door = (typeof DOORS)[number];

/** What a page shows of the person who opened it, and may offer them. */
export type Access = {
  name: string;
  door: Door;
  /** Why a permission is missing. A permission without a reason is held. */
  denied: Partial<Record<Permission, string>>;
  /** Whether there is a session that can be ended. */
  hasSession: boolean;
};
