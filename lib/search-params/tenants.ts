import { createSerializer } from "nuqs/server";
import { parseAsList } from "./parsers";

/** Search params of tenants; none means all. */
export const tenantSearchParams = { tenant: parseAsList };

/** The query string with its `?`; empty for all tenants. */
export const serializeTenants = createSerializer(tenantSearchParams);
