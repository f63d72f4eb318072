import { sql } from "drizzle-orm";
import { instant } from "@/lib/db/decode";
import { getHomePool } from "@/lib/db/pools";
import { query } from "@/lib/db/query";
import type { AccessOverview } from "@/lib/model/access";
import { translateReadError } from "@/lib/model/sqlstate";
import { listApiTokens } from "./api-token";
import { type Identity, whyDenied } from "./identity";
import { hasIdentityTables } from "./identity-tables";
import { listPeople } from "./person";
import { describeDenied, getSwitches } from "./require";
import { listSessions } from "./session";

/**
 * What the settings page shows to this person: their own sessions, and with `manage access` those of everybody, the tokens
 * and the people.
 *
 * @throws ProblemError what `translateReadError` returns.
 */
export async function getAccessOverview(identity: Identity): Promise<AccessOverview> {
  const { name, subject, door, grants, reasons, sessionId } = identity;
  try {
    const [clock] = await query(
      getHomePool(),
      { now: instant },
      sql`select clock_timestamp() as now`,
    );
    const installed = await hasIdentityTables();
    const isManager = whyDenied(identity, "manage access", getSwitches()) === null;
    const listed = installed && isManager;
    return {
      me: { name, subject, door, grants, reasons, sessionId },
      denied: describeDenied(identity),
      installed,
      isManager,
      sessions: installed ? await listSessions(isManager ? undefined : { door, subject }) : [],
      tokens: listed ? await listApiTokens(getHomePool()) : [],
      people: listed ? await listPeople() : [],
      now: clock?.now ?? "",
    };
  } catch (error) {
    throw translateReadError(error);
  }
}
