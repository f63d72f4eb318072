import { type SQL, sql } from "drizzle-orm";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { getHomeDatabase, hasSeveralDatabases } from "@/lib/db/databases";
import { array, boolean, instant, nullable, number, oneOf, text, uuid } from "@/lib/db/decode";
import { getEnvironment } from "@/lib/db/env";
import { decrypt, encrypt } from "@/lib/db/keys";
import { getHomePool } from "@/lib/db/pools";
import { execute, query } from "@/lib/db/query";
import { DOORS, type Door, type Grant, type Session } from "@/lib/model/access";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import { translateReadError } from "@/lib/model/sqlstate";
import type { Identity } from "./identity";
import {
  askHome,
  BELIEVED_WHILE_AWAY_MS,
  bytes,
  decodeGrants,
  hasIdentityTables,
  isHomeAway,
} from "./identity-tables";
import { notePerson } from "./person";
import { type SessionClaims, sessionSeconds, signSession, verifySession } from "./session-cookie";

/** Where a session was started from. */
export type Origin = { address: string | null; userAgent: string | null };

/** The provider's tokens, to confirm the person again and to sign out there. */
export type ProviderTokens = { refreshToken?: string | undefined; idToken?: string | undefined };

/**
 * How long the result of a lookup is trusted, in milliseconds: an end by another process goes unnoticed until
 * then.
 */
const BELIEVED_MS = 5_000;

/** How long it is trusted while its database does not respond and a replica is read, in milliseconds. */
const BELIEVED_BESIDE_REPLICA_MS = 60_000;

/** How often activity is stored, in milliseconds. */
const ACTIVITY_MS = 60_000;

type Known = { row: Row | null; at: number };
type Row = {
  name: string;
  grants: Grant[];
  reasons: string[];
  endReason: string | null;
  isOld: boolean;
  /** Time from the last stored activity to reading the row, in milliseconds. */
  idleMs: number;
  isDue: boolean;
};

// Pages, routes and actions are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.sessions");
type Shared = {
  known: Map<Uuid, Known>;
  active: Map<Uuid, number>;
  ended: Set<string>;
};
const shared = globalThis as { [KEY]?: Shared };
shared[KEY] ??= { known: new Map(), active: new Map(), ended: new Set() };
const { known, active, ended } = shared[KEY];

/**
 * Starts a session and returns the value of its cookie. If the dashboard's tables are not installed, the cookie
 * alone is the session: it cannot be listed, and can be ended only in the process that serves the sign-out. The
 * same applies while the first of several databases is unavailable, for at most an hour, so that the others stay
 * accessible.
 */
export async function startSession(
  identity: Identity,
  origin: Origin,
  provider: ProviderTokens = {},
): Promise<string> {
  const activeAt = Math.floor(Date.now() / 1_000);
  try {
    const sessionId = await askHome(() => storeSession(identity, origin, provider));
    return await signSession({
      ...{ identity: { ...identity, sessionId }, startedAt: activeAt, activeAt },
    });
  } catch (error) {
    if (!isHomeAway(error)) throw error;
    // A session's end is computed from its start.
    const passed = Math.max(0, sessionSeconds() - BELIEVED_WHILE_AWAY_MS / 1_000);
    return signSession({
      ...{ identity: { ...identity, sessionId: null }, startedAt: activeAt - passed, activeAt },
    });
  }
}

/** Stores a session and its person. Returns its id; `null` without the dashboard's tables. */
async function storeSession(
  identity: Identity,
  origin: Origin,
  provider: ProviderTokens,
): Promise<Uuid | null> {
  if (!(await hasIdentityTables())) return null;
  const sessionId = await insertSession(identity, origin, provider);
  await notePerson(identity);
  return sessionId;
}

async function insertSession(
  { door, subject, name, reasons, grants }: Identity,
  { address, userAgent }: Origin,
  { refreshToken, idToken }: ProviderTokens,
): Promise<Uuid> {
  const { DASHBOARD_SESSION_HOURS: hours } = getEnvironment();
  const sealed = (token: string | undefined) =>
    token === undefined ? null : encrypt("provider token", token);
  const [row] = await query(
    getHomePool(),
    { id: uuid },
    sql`insert into absurd_dashboard.session
          (door, subject, name, reasons, grants, address, user_agent, expires_at, refresh_token, id_token)
        values (${door}, ${subject}, ${name}, ${sql.param([...reasons])}::text[],
          ${JSON.stringify(grants)}::jsonb, ${address}, ${userAgent?.slice(0, 300) ?? null},
          clock_timestamp() + make_interval(secs => ${hours * 3_600}),
          ${sealed(refreshToken)}, ${sealed(idToken)})
        returning session_id as id`,
  );
  if (!row) throw new Error("An insert returned no row");
  return row.id;
}

/**
 * The identity of a session's cookie; `null` if the session is invalid, expired, idle for longer than
 * `DASHBOARD_SESSION_IDLE` minutes, or ended. While the only database is unavailable the signed cookie counts,
 * because nothing can be read or changed then, and pages can explain the problem.
 *
 * @param isActivity whether the person made the request, not a page that polls: it keeps the session from going
 * idle.
 * @throws ProblemError as `translateReadError` does, if the session may have been ended and rows can still be
 * read.
 */
export async function findSession(
  cookie: string | undefined,
  { isActivity }: { isActivity: boolean },
): Promise<Identity | null> {
  const claims = await verifySession(cookie);
  if (!claims || ended.has(sessionKey(claims))) return null;
  const { sessionId } = claims.identity;
  if (sessionId === null) return isIdle(claims) ? null : claims.identity;
  const found = await findKnown(sessionId);
  if (found === undefined) return claims.identity;
  const { row } = found;
  if (row === null || row.endReason !== null || row.isOld) return null;
  if (isIdleRow(sessionId, row, found.at)) {
    // A row read before an outage lacks activity in other processes.
    if (performance.now() - found.at < BELIEVED_MS) await endSession(sessionId, "idle");
    return null;
  }
  if (isActivity) noteActivity(sessionId);
  const { name, grants, reasons } = row;
  return { ...claims.identity, name, grants, reasons };
}

/** The key of a session: its id, or without a row its person and start. */
function sessionKey({ identity, startedAt }: SessionClaims): string {
  return identity.sessionId ?? `${identity.door} ${identity.subject} ${startedAt}`;
}

function isIdle({ activeAt }: SessionClaims): boolean {
  return Date.now() / 1_000 - activeAt > getEnvironment().DASHBOARD_SESSION_IDLE * 60;
}

/**
 * Whether a session has been idle for too long, by its row, as of when it was read, and by the activity in this
 * process.
 */
function isIdleRow(sessionId: Uuid, { idleMs }: Row, readAt: number): boolean {
  const most = getEnvironment().DASHBOARD_SESSION_IDLE * 60_000;
  const now = performance.now();
  return (
    idleMs + (now - readAt) > most &&
    now - (active.get(sessionId) ?? Number.NEGATIVE_INFINITY) > most
  );
}

/**
 * The known state of a session; `undefined` if its database is unavailable and nothing else can be read.
 *
 * @throws ProblemError if the database is unavailable and others can be read, unless the session was looked up
 * recently enough.
 */
async function findKnown(sessionId: Uuid): Promise<Known | undefined> {
  const last = known.get(sessionId);
  const age = last ? performance.now() - last.at : Number.POSITIVE_INFINITY;
  if (last && age < BELIEVED_MS) return last;
  try {
    return await askHome(() => findRow(sessionId));
  } catch (error) {
    if (last && age < BELIEVED_BESIDE_REPLICA_MS) return last;
    if (last && age < BELIEVED_WHILE_AWAY_MS && isHomeAway(error)) return last;
    const translated = translateReadError(error);
    const isAway =
      translated instanceof ProblemError && translated.problem.code === "database_unavailable";
    if (isAway && isOnlyDatabase()) return undefined;
    throw translated;
  }
}

async function findRow(sessionId: Uuid): Promise<Known> {
  const { DASHBOARD_OIDC_REVALIDATE: interval } = getEnvironment();
  const [row] = await query(
    getHomePool(),
    {
      name: text,
      grants: decodeGrants,
      reasons: array(text),
      endReason: nullable(text),
      isOld: boolean,
      idleMs: number,
      isDue: boolean,
    },
    sql`select name, grants::text as grants, reasons, end_reason as "endReason",
                 expires_at <= clock_timestamp() as "isOld",
                 (extract(epoch from clock_timestamp() - active_at) * 1000)::float8 as "idleMs",
                 refresh_token is not null
                   and confirmed_at < clock_timestamp() - make_interval(mins => ${interval}::int) as "isDue"
            from absurd_dashboard.session where session_id = ${sessionId}`,
  );
  return remember(sessionId, row ?? null);
}

/**
 * Whether nothing can be read while the database of sessions is unavailable: neither from a replica nor from
 * another database.
 */
function isOnlyDatabase(): boolean {
  return !hasSeveralDatabases() && getHomeDatabase().readUrl === undefined;
}

function remember(sessionId: Uuid, row: Row | null): Known {
  if (known.size >= 10_000) known.clear();
  const found = { row, at: performance.now() };
  known.set(sessionId, found);
  return found;
}

function noteActivity(sessionId: Uuid): void {
  const last = active.get(sessionId) ?? Number.NEGATIVE_INFINITY;
  if (performance.now() - last < ACTIVITY_MS) return;
  if (active.size >= 10_000) active.clear();
  active.set(sessionId, performance.now());
  // Not awaited: this process already counts the session as active.
  execute(
    getHomePool(),
    sql`update absurd_dashboard.session set active_at = clock_timestamp()
         where session_id = ${sessionId} and ended_at is null`,
  ).catch(() => undefined);
}

/**
 * Whether the provider must confirm the person of this session again. False while the database that stores this is
 * unavailable.
 */
export async function isConfirmationDue(sessionId: Uuid): Promise<boolean> {
  const found = await findKnown(sessionId);
  return found?.row?.isDue === true && performance.now() - found.at < BELIEVED_MS;
}

/** Drops this process's cached state of a session, after a change. */
export function forgetSession(sessionId: Uuid): void {
  known.delete(sessionId);
}

/** Ends a session; returns whether this call did. Other processes notice within five seconds. */
export async function endSession(
  sessionId: Uuid,
  reason: string,
  db: Queryable = getHomePool(),
): Promise<boolean> {
  const ended = await endWhere(db, sql`session_id = ${sessionId}`, reason);
  return ended > 0;
}

/**
 * Ends the session that a browser had before it signed in again: its cookie is replaced, so no one could sign it
 * out.
 */
export async function endPreviousSession(cookie: string | undefined): Promise<void> {
  const claims = await verifySession(cookie);
  if (claims?.identity.sessionId) await endNow(claims.identity.sessionId, "signed in again");
}

/** Ends a session. While the first of several databases is unavailable, it ends only in this process. */
async function endNow(sessionId: Uuid, reason: string): Promise<void> {
  noteEnd(sessionId);
  await askHome(() => endSession(sessionId, reason)).catch((error: unknown) => {
    if (!isHomeAway(error)) throw error;
  });
}

function noteEnd(key: string): void {
  if (ended.size >= 10_000) ended.clear();
  ended.add(key);
}

/** Ends the session of a cookie, and returns its identity and the provider's id token, for the sign-out there. */
export async function endSessionByCookie(
  cookie: string | undefined,
): Promise<{ identity: Identity; idToken: string | null } | null> {
  const claims = await verifySession(cookie);
  if (!claims) return null;
  const { identity } = claims;
  const { sessionId } = identity;
  noteEnd(sessionKey(claims));
  if (sessionId === null) return { identity, idToken: null };
  const idToken = await askHome(() => findIdToken(sessionId)).catch((error: unknown) => {
    if (!isHomeAway(error)) throw error;
    return null;
  });
  await endNow(sessionId, "signed out");
  return { identity, idToken };
}

/** The provider's id token for a session, needed to sign out there. */
async function findIdToken(sessionId: Uuid): Promise<string | null> {
  const [row] = await query(
    getHomePool(),
    { idToken: nullable(bytes) },
    sql`select id_token as "idToken" from absurd_dashboard.session where session_id = ${sessionId}`,
  );
  return row?.idToken ? decrypt("provider token", row.idToken) : null;
}

/**
 * Ends the open sessions of a person, or of everyone, except the one with the id `except`. Returns their number.
 */
export function endSessions(
  { except, ...of }: { except: Uuid | null } & ({ door: Door; subject: string } | object),
  reason: string,
  db: Queryable = getHomePool(),
): Promise<number> {
  const others = sql`session_id is distinct from ${except}::uuid`;
  return endWhere(
    db,
    "door" in of ? sql`${others} and door = ${of.door} and subject = ${of.subject}` : others,
    reason,
  );
}

async function endWhere(db: Queryable, which: SQL, reason: string): Promise<number> {
  const rows = await query(
    db,
    { id: uuid },
    sql`update absurd_dashboard.session
           set ended_at = clock_timestamp(), end_reason = ${reason}, refresh_token = null
         where ended_at is null and ${which} returning session_id as id`,
  );
  // Until the transaction commits, a lookup may return the earlier state, which is trusted for seconds.
  for (const { id } of rows) remember(id, null);
  return rows.length;
}

/** The person of an open session, and their grants. */
export async function findSessionOwner(
  db: Queryable,
  sessionId: Uuid,
): Promise<{ door: Door; subject: string; grants: Grant[] } | undefined> {
  const [row] = await query(
    db,
    { door: oneOf(DOORS), subject: text, grants: decodeGrants },
    sql`select door, subject, grants::text as grants from absurd_dashboard.session
         where session_id = ${sessionId} and ended_at is null`,
  );
  return row;
}

/** The newest 200 sessions that are open and not idle: one person's, or everyone's. */
export function listSessions(of?: { door: Door; subject: string }): Promise<Session[]> {
  const { DASHBOARD_SESSION_IDLE: idle } = getEnvironment();
  const own = of ? sql`and door = ${of.door} and subject = ${of.subject}` : sql``;
  return query(
    getHomePool(),
    {
      ...{ sessionId: uuid, door: oneOf(DOORS), subject: text, name: text, grants: decodeGrants },
      ...{ reasons: array(text), address: nullable(text), userAgent: nullable(text) },
      ...{ createdAt: instant, activeAt: instant, expiresAt: instant },
    },
    sql`select session_id as "sessionId", door, subject, name, grants::text as grants, reasons, address,
               user_agent as "userAgent", created_at as "createdAt", active_at as "activeAt",
               expires_at as "expiresAt"
          from absurd_dashboard.session
         where ended_at is null and expires_at > clock_timestamp()
           and door = any(${sql.param([...DOORS])}::text[])
           and active_at >= clock_timestamp() - make_interval(mins => ${idle}::int) ${own}
         order by session_id desc limit 200`,
  );
}
