import { sql } from "drizzle-orm";
import { instant } from "@/lib/db/decode";
import { getHomePool } from "@/lib/db/pools";
import { query } from "@/lib/db/query";
import type { AccessOverview, Grant, Session } from "@/lib/model/access";
import { type Problem, ProblemError } from "@/lib/model/problem";
import { translateReadError } from "@/lib/model/sqlstate";
import { listApiTokens } from "./api-token";
import { type Identity, manages, whyDenied } from "./identity";
import { hasIdentityTables } from "./identity-tables";
import { listPeople } from "./person";
import { describeDenied, getSwitches } from "./require";
import { listSessions } from "./session";

/**
 * What the settings page shows to this person: their own sessions, and with `manage access` those of everyone whom
 * they manage; the same for tokens and people. If one of the lists cannot be read, the others are still shown.
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
    const failed: AccessOverview["failed"] = {};
    const list = async <Row>(name: keyof typeof failed, read: () => Promise<Row[]>) =>
      read().catch((error: unknown): Row[] => {
        failed[name] = toProblem(error);
        return [];
      });
    const [sessions, tokens, people] = await Promise.all([
      installed
        ? list("sessions", () => listSessions(isManager ? undefined : { door, subject }))
        : [],
      listed ? list("tokens", () => listApiTokens(getHomePool())) : [],
      listed ? list("people", listPeople) : [],
    ]);
    return {
      me: { name, subject, door, grants, reasons, sessionId },
      denied: describeDenied(identity),
      installed,
      isManager,
      sessions: sessions.filter((session) => isOwn(session) || isManaged(session)),
      tokens: tokens.filter(isManaged),
      people: people.filter(isManaged),
      failed,
      now: clock?.now ?? "",
    };
  } catch (error) {
    throw translateReadError(error);
  }
}

/** @throws anything that is not a foreseen problem. */
function toProblem(error: unknown): Problem {
  const translated = translateReadError(error);
  if (translated instanceof ProblemError) return translated.problem;
  throw translated;
}
