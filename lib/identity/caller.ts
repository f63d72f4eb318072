import { sql } from "drizzle-orm";
import { atomically } from "@/lib/absurd/connection/atomically";
import { array, boolean, nullable, text } from "@/lib/db/decode";
import { getEnvironment, hasDoor } from "@/lib/db/env";
import { decrypt, encrypt } from "@/lib/db/keys";
import { getHomePool } from "@/lib/db/pools";
import { execute, query } from "@/lib/db/query";
import type { Uuid } from "@/lib/model/ids";
import { formatLogLine } from "@/lib/model/log-line";
import { translateReadError } from "@/lib/model/sqlstate";
import { findApiToken } from "./api-token";
import { EVERYWHERE, type Identity } from "./identity";
import { bytes, decodeGrants, hasIdentityTables } from "./identity-tables";
import { confirmSession, ProviderError } from "./oidc";
import { notePerson } from "./person";
import { findProxyCaller } from "./proxy-door";
import { endSession, findSession, forgetSession, isConfirmationDue } from "./session";
import { findSessionCookie } from "./session-cookie";

/** Set by pages on requests that follow a person's input, so that polling alone does not keep a session alive. */
export const ACTIVITY_HEADER = "x-activity";

/** What kind of request needs its caller. */
export type CallerOptions = {
  /** Whether API tokens are accepted: by routes of the HTTP API, never by pages and actions. */
  tokens: boolean;
  /** Whether the person made the request: by opening a page or by an action. */
  isActivity: boolean;
};

/**
 * The caller of a request; `null` if not signed in. `looked` lists the claims checked for the grants of a proxy's
 * caller.
 */
export type Caller = { identity: Identity; looked: string[] } | null;

/**
 * The caller of a request, by the first door that the request uses: an API token, a session, the trusted proxy. If
 * a token is wrong, no other door is tried. Without a door, everyone with access to this machine is the local
 * operator.
 *
 * @throws ProblemError as `translateReadError` does, if the validity of a token or session is unknown.
 */
export async function findCaller(headers: Headers, options: CallerOptions): Promise<Caller> {
  const bearer = /^bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (options.tokens && bearer?.startsWith("adb_")) {
    const identity = await findApiToken(bearer);
    return identity && { identity, looked: [] };
  }
  const isActivity = options.isActivity || headers.get(ACTIVITY_HEADER) === "1";
  const session = await findSession(findSessionCookie(headers), { isActivity });
  if (session) {
    const identity = await confirm(session).catch((error: unknown) => {
      throw translateReadError(error);
    });
    return identity && { identity, looked: [] };
  }
  const proxied = await findProxyCaller(headers);
  if (proxied) {
    if (proxied.identity.grants.length > 0) await seen(proxied.identity);
    return proxied;
  }
  return hasDoor(getEnvironment()) ? null : { identity: localOperator(), looked: [] };
}

/** Everyone with access to this machine, if no door is configured. */
export function localOperator(): Identity {
  const { DASHBOARD_OPERATOR: name } = getEnvironment();
  return {
    ...{ subject: name, name, door: "local", sessionId: null },
    grants: [{ role: "admin", ...EVERYWHERE }],
    reasons: ["no way to sign in is configured, and the dashboard listens on this machine only"],
  };
}

/** How often a person who comes through the proxy is stored, in milliseconds. */
const SEEN_MS = 600_000;

const lastSeen = new Map<string, number>();

async function seen(identity: Identity): Promise<void> {
  const key = JSON.stringify([identity.subject, identity.name, identity.grants]);
  if (performance.now() - (lastSeen.get(key) ?? Number.NEGATIVE_INFINITY) < SEEN_MS) return;
  if (lastSeen.size >= 10_000) lastSeen.clear();
  lastSeen.set(key, performance.now());
  // Nothing depends on it, so the door works without a database too.
  if (await hasIdentityTables().catch(() => false))
    await notePerson(identity).catch(() => undefined);
}

/** Sessions that are being confirmed, and when the provider last failed to respond for one. */
const confirming = new Map<Uuid, Promise<void>>();
const retryAt = new Map<Uuid, number>();

/** How long to wait after a failure before asking the provider again, in milliseconds. */
const RETRY_MS = 60_000;

/** Lets the next confirmation ask the provider at once, for tests. */
export function forgetRetries(): void {
  retryAt.clear();
}

/**
 * The identity of a session, confirmed by the provider if that is due; `null` once the provider no longer confirms
 * it. While the provider is unavailable the session continues for one more interval, then it ends.
 */
async function confirm(identity: Identity): Promise<Identity | null> {
  const { sessionId } = identity;
  if (identity.door !== "oidc" || sessionId === null) return identity;
  if (!(await isConfirmationDue(sessionId))) return identity;
  if (performance.now() >= (retryAt.get(sessionId) ?? Number.NEGATIVE_INFINITY)) {
    let running = confirming.get(sessionId);
    if (!running) {
      running = confirmOnce(identity, sessionId).finally(() => confirming.delete(sessionId));
      confirming.set(sessionId, running);
    }
    await running;
  }
  return findSessionAgain(identity, sessionId);
}

async function findSessionAgain(identity: Identity, sessionId: Uuid): Promise<Identity | null> {
  const [row] = await query(
    getHomePool(),
    { endReason: nullable(text), grants: decodeGrants, reasons: array(text) },
    sql`select end_reason as "endReason", grants::text as grants, reasons
          from absurd_dashboard.session where session_id = ${sessionId}`,
  );
  if (!row || row.endReason !== null) return null;
  return { ...identity, grants: row.grants, reasons: row.reasons };
}

/** Does nothing if another process confirms the same session, which then holds its row. */
async function confirmOnce(identity: Identity, sessionId: Uuid): Promise<void> {
  const { DASHBOARD_OIDC_REVALIDATE: minutes } = getEnvironment();
  let end: string | null = null;
  await atomically(getHomePool(), async (db) => {
    const [row] = await query(
      db,
      { token: nullable(bytes), isLate: boolean },
      sql`select refresh_token as token,
                 confirmed_at < clock_timestamp() - make_interval(mins => ${2 * minutes}::int) as "isLate"
            from absurd_dashboard.session
           where session_id = ${sessionId} and ended_at is null for no key update skip locked`,
    );
    const token = row?.token ? decrypt("provider token", row.token) : null;
    if (!row || token === null) return;
    try {
      const caller = await confirmSession(token, identity.subject);
      if (!caller || caller.identity.grants.length === 0) {
        end = caller ? "no longer has a role" : "no longer confirmed by the provider";
        return;
      }
      const { grants, reasons, name } = caller.identity;
      const { refreshToken, idToken } = caller.tokens;
      await execute(
        db,
        sql`update absurd_dashboard.session
               set confirmed_at = clock_timestamp(), grants = ${JSON.stringify(grants)}::jsonb, name = ${name},
                   reasons = ${sql.param([...reasons])}::text[],
                   refresh_token = ${encrypt("provider token", refreshToken ?? token)},
                   id_token = coalesce(${idToken ? encrypt("provider token", idToken) : null}, id_token)
             where session_id = ${sessionId}`,
      );
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      console.error(formatLogLine({ oidc: "a session was not confirmed", why: error.detail }));
      retryAt.set(sessionId, performance.now() + RETRY_MS);
      if (row.isLate) end = "the provider was unavailable for too long";
    }
  });
  if (end !== null) await endSession(sessionId, end);
  forgetSession(sessionId);
}
