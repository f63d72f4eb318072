import { sql } from "drizzle-orm";
import { instant } from "@/lib/db/decode";
import { getHomePool } from "@/lib/db/pools";
import { query } from "@/lib/db/query";
import type { AccessOverview, Grant, Session } from "@/lib/model/access";
import { translateReadError } from "@/lib/model/sqlstate";
import { listApiTokens } from "./api-token";
import { type Identity, manages, whyDenied } from "./identity";
import { hasIdentityTables } from "./identity-tables";
import { listPeople } from "./person";
import { describeDenied, getSwitches } from "./require";
import { listSessions } from "./session";

/**
 * What the settings page shows to this person: their own sessions, and with `manage access` those of everyone whom
 * they manage; the same for tokens and people.
 *
 * @throws ProblemError as `translateReadError` does.
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
    const isManaged = (one: { grants: readonly Grant[] }) => manages(identity, one.grants);
    const isOwn = (one: Session) => one.door === door && one.subject === subject;
    const sessions = installed ? await listSessions(isManager ? undefined : { door, subject }) : [];
    return {
      me: { name, subject, door, grants, reasons, sessionId },
      denied: describeDenied(identity),
      installed,
      isManager,
      sessions: sessions.filter((session) => isOwn(session) || isManaged(session)),
      tokens: listed ? (await listApiTokens(getHomePool())).filter(isManaged) : [],
      people: listed ? (await listPeople()).filter(isManaged) : [],
      now: clock?.now ?? "",
    };
  } catch (error) {
    throw translateReadError(error);
  }
}
