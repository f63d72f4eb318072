import { type SQL, sql } from "drizzle-orm";
import { getEnvironment } from "./env";

/** The tenants whose rows may be seen and acted on; `null`: all of them, and rows that have none. */
export type Tenants = readonly string[] | null;

/** What `DASHBOARD_TENANTS` restricts this dashboard to. */
export function getTenants(): Tenants {
  return getEnvironment().DASHBOARD_TENANTS ?? null;
}

/** Those of the asked tenants that are allowed; asking for none asks for all that are. */
export function narrowTenants(allowed: Tenants, asked: readonly string[]): Tenants {
  if (asked.length === 0) return allowed;
  return allowed === null ? asked : asked.filter((tenant) => allowed.includes(tenant));
}

/** Whether this tenant is among the allowed; a row without one is none of a restricted dashboard's. */
export function isAllowed(allowed: Tenants, tenant: string | null): boolean {
  return allowed === null || (tenant !== null && allowed.includes(tenant));
}

/** The condition that a text is one of these tenants. */
export function isTenantOf(tenants: readonly string[], tenant: SQL): SQL {
  return sql`${tenant} = any(${sql.param([...tenants])}::text[])`;
}
