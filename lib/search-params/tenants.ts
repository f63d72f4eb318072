import { createSerializer } from "nuqs/server";
import { parseAsList } from "./parsers";

/** Whose tasks; none means everybody's. */
export const tenantSearchParams = { tenant: parseAsList };

/** The query string of some tenants with its `?`, or an empty string for all. */
export const serializeTenants = createSerializer(tenantSearchParams);
