/** What a person may do. Everything but `view` is named like the action that it permits. */
export type Permission = "view" | (typeof ACTIONS)[number];

const ACTIONS = [
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
] as const;

/** Roles as they are written into sessions. */
export const ROLES = ["viewer", "operator"] as const;
export type Role = (typeof ROLES)[number];

const PERMISSIONS: Record<Role, ReadonlySet<Permission>> = {
  viewer: new Set(["view"]),
  operator: new Set(ACTIONS),
};

/** Whether one of the roles includes the permission. */
export function isPermitted(roles: readonly Role[], permission: Permission): boolean {
  return roles.some((role) => PERMISSIONS[role].has(permission));
}
