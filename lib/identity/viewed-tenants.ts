import { getTenants, type Tenants } from "@/lib/db/tenants";

/** The tenants whose rows this dashboard shows; `null`: everybody's. */
export function viewedTenants(): Tenants {
  return getTenants();
}
