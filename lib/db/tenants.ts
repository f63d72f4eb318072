import { type SQL, sql } from "drizzle-orm";
import { getEnvironment } from "./env";

/** The tenants whose rows are visible and may be changed; `null`: all, and rows without one. */
export type Tenants = readonly string[] | null;

/** What `DASHBOARD_TENANTS` restricts this dashboard to. */
export function getTenants(): Tenants {
  return getEnvironment().DASHBOARD_TENANTS ?? null;
}

/** The requested tenants that are allowed; all allowed ones if none is requested. */
export function narrowTenants(allowed: Tenants, asked: readonly string[]): Tenants {
  if (asked.length === 0) return allowed;
  return allowed === null ? asked : asked.filter((tenant) => allowed.includes(tenant));
}

/** Whether this tenant is allowed. A restricted dashboard never shows a row without one. */
export function isAllowed(allowed: Tenants, tenant: string | null): boolean {
  return allowed === null || (tenant !== null && allowed.includes(tenant));
}

/** The condition that a text is one of these tenants. */
export function isTenantOf(tenants: readonly string[], tenant: SQL): SQL {
  return sql`${tenant} = any(${sql.param([...tenants])}::text[])`;
}
