import type { Uuid } from "./ids";
import type { Iso } from "./instants";
import type { Problem } from "./problem";

/** What a person may do, in the words of the actions; `view` covers every read without a permission of its own. */
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

/** Permissions that don't apply to a single queue: a grant limited to queues does not include them. */
const OF_ALL_QUEUES: ReadonlySet<Permission> = new Set(["start workflow run", "close circuit"]);

/** Whether the permission is for something outside any queue, such as a stored definition. */
export function needsAllQueues(permission: Permission): boolean {
  return OF_ALL_QUEUES.has(permission);
}

/** Bundles of permissions. Each role includes everything of the role before it. */
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

/** A role, limited to some of the queues and tenants. */
export type Grant = {
  role: Role;
  /** Patterns of queue names, in which `*` matches any text; `null`: all queues. */
  queues: readonly string[] | null;
  /** `null`: all tenants, and tasks without one. */
  tenants: readonly string[] | null;
  /** Patterns of database names, in which `*` matches any text; absent: all databases. */
  databases?: readonly string[] | undefined;
  /** Whether values are shown: params, headers, results, errors, checkpoints, event payloads. */
  payloads: boolean;
};

/** How a person signed in. */
export const DOORS = ["local", "token", "oidc", "proxy", "api token"] as const;
export type Door = (typeof DOORS)[number];

/** What a page shows and offers to the person who opened it. */
export type Access = {
  name: string;
  door: Door;
  /** Why a permission is missing. A permission without a reason is granted. */
  denied: Partial<Record<Permission, string>>;
  /** Whether there is a session that can be ended. */
  hasSession: boolean;
};

/** A person who may view none of several databases, and the reason. */
export type Uncovered = {
  name: string;
  grants: readonly Grant[];
  /** The source of these grants: claims, groups or settings. */
  reasons: readonly string[];
  /** Whether viewing is switched off for everyone. */
  isSwitchedOff: boolean;
};

/** A session that has neither ended nor gone idle. */
export type Session = {
  sessionId: Uuid;
  door: Door;
  subject: string;
  name: string;
  grants: Grant[];
  reasons: string[];
  address: string | null;
  userAgent: string | null;
  createdAt: Iso;
  /** The last request by the person; pages that poll don't count. */
  activeAt: Iso;
  expiresAt: Iso;
};

/** An API token, without its secret, which is not stored. */
export type ApiToken = {
  tokenId: string;
  name: string;
  grants: Grant[];
  createdBy: string;
  createdAt: Iso;
  expiresAt: Iso;
  lastUsedAt: Iso | null;
  revokedAt: Iso | null;
  isExpired: boolean;
};

/** A person who signed in, with the latest decision of the door they used. */
export type Person = {
  door: Door;
  subject: string;
  name: string;
  grants: Grant[];
  reasons: string[];
  firstSeenAt: Iso;
  lastSeenAt: Iso;
};

/** What the settings page shows. */
export type AccessOverview = {
  me: {
    name: string;
    subject: string;
    door: Door;
    grants: readonly Grant[];
    /** The source of these grants: claims, groups or settings. */
    reasons: readonly string[];
    sessionId: Uuid | null;
  };
  /** The reason for each missing permission. */
  denied: Access["denied"];
  /** Without the dashboard's tables, sessions cannot be listed or revoked and there are no tokens. */
  installed: boolean;
  /** Whether sessions, people and tokens of all persons are listed, or only the viewer's own sessions. */
  isManager: boolean;
  sessions: Session[];
  tokens: ApiToken[];
  people: Person[];
  /** Why a list is empty that could not be read. */
  failed: Partial<Record<"sessions" | "tokens" | "people", Problem>>;
  now: Iso;
};

/** The longest lifetime of an API token, in days. */
export const MAX_TOKEN_DAYS = 366;
