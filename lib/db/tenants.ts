import { type SQL, sql } from "drizzle-orm";
import { getDatabase } from "./databases";
import { getViewer, likePattern, matchesQueue, type ScopePart } from "./viewer";

/** The tenants whose rows are visible and may be changed; `null`: all, including rows without a tenant. */
export type Tenants = readonly string[] | null;

/** The tenants to which the settings restrict the whole database. */
export function getDashboardTenants(): Tenants {
  return getDatabase().tenants;
}

/**
 * The tenants that the viewer sees in this queue; none if the queue is outside the viewer's scope. Without a
 * queue, the tenants that the viewer sees in every part of the scope, because a row that belongs to no queue
 * requires all of them.
 */
export function getTenants(queue?: string): Tenants {
  const { scope } = getViewer();
  const merged =
    queue === undefined
      ? scope.reduce<Tenants>((all, { tenants }) => intersect(all, tenants), null)
      : scope
          .filter((part) => matchesQueue(part, queue))
          .reduce<Tenants>((all, { tenants }) => unite(all, tenants), []);
  return intersect(getDashboardTenants(), merged);
}

/**
 * The tenants that the viewer sees in some part of the scope: rows of any other tenant are visible in no queue.
 */
export function getTenantsOfAnyPart(): Tenants {
  const { scope } = getViewer();
  const merged = scope.reduce<Tenants>((all, { tenants }) => unite(all, tenants), []);
  return intersect(getDashboardTenants(), merged);
}

/** The viewer's scope within the restriction of the whole dashboard. */
export function getScope(): readonly ScopePart[] {
  const dashboard = getDashboardTenants();
  return getViewer().scope.map(({ queues, tenants }) => ({
    queues,
    tenants: intersect(dashboard, tenants),
  }));
}

/**
 * Whether the viewer sees rows of this queue and this tenant; `null`: rows that belong to none, by the rules of
 * `inScope`.
 */
export function isInScope(queue: string | null, tenant: string | null): boolean {
  return getScope().some(
    (part) =>
      (part.queues === null || (queue !== null && matchesQueue(part, queue))) &&
      isAllowed(part.tenants, tenant),
  );
}

/** Whether the viewer sees every row of the database. */
export function isUnrestricted(): boolean {
  return getScope().some(({ queues, tenants }) => queues === null && tenants === null);
}

function unite(some: Tenants, others: Tenants): Tenants {
  return some === null || others === null ? null : [...new Set([...some, ...others])].sort();
}

function intersect(some: Tenants, others: Tenants): Tenants {
  if (some === null || others === null) return some ?? others;
  return some.filter((tenant) => others.includes(tenant));
}

/** The requested tenants that are allowed; all allowed ones if none is requested. */
export function narrowTenants(allowed: Tenants, requested: readonly string[]): Tenants {
  return requested.length === 0 ? allowed : intersect(requested, allowed);
}

/** Whether this tenant is allowed. A restricted dashboard never shows a row without one. */
export function isAllowed(allowed: Tenants, tenant: string | null): boolean {
  return allowed === null || (tenant !== null && allowed.includes(tenant));
}

/** The condition that a text is one of these tenants. */
export function matchesTenants(tenants: readonly string[], tenant: SQL): SQL {
  return sql`${tenant} = any(${sql.param([...tenants])}::text[])`;
}

/**
 * The condition that a row of a table of all queues is in the viewer's scope; `undefined` if every row is.
 *
 * @param queue the row's queue; a row without one is visible only to viewers who see all queues.
 * @param ofTenants the condition that the row concerns only these tenants.
 */
export function inScope(
  queue: SQL,
  ofTenants: (tenants: readonly string[]) => SQL,
): SQL | undefined {
  if (isUnrestricted()) return undefined;
  const parts = getScope().map(({ queues, tenants }) => {
    const ofQueues =
      queues === null
        ? sql`true`
        : sql`coalesce(${queue} like any(${sql.param(queues.map(likePattern))}::text[]), false)`;
    return sql`(${ofQueues} and ${tenants === null ? sql`true` : ofTenants(tenants)})`;
  });
  return sql`(${sql.join([sql`false`, ...parts], sql` or `)})`;
}
