import { jwtVerify, SignJWT } from "jose";
import * as z from "zod";
import { getEnvironment } from "@/lib/db/env";
import { deriveKey } from "@/lib/db/keys";
import { DOORS, ROLES } from "@/lib/model/access";
import { isHttps } from "./client-address";
import type { Identity } from "./identity";

/** A session's identity, its start, and the person's last activity, in seconds since 1970. */
export type SessionClaims = { identity: Identity; startedAt: number; activeAt: number };

/**
 * The full name of a cookie. The base path in it distinguishes dashboards at several paths of one host, because a
 * `__Host-` cookie cannot have a path. A browser accepts that prefix only over https, and from no other host of the
 * domain.
 */
export function nameCookie(name: string, secure: boolean): string {
  const at = encodeURIComponent(getEnvironment().BASE_PATH);
  return `${secure ? "__Host-" : ""}absurd_dashboard_${name}${at}`;
}
const AUDIENCE = "absurd-dashboard";

export const grantSchema = z.object({
  role: z.enum(ROLES),
  queues: z.array(z.string()).nullable(),
  tenants: z.array(z.string()).nullable(),
  databases: z.array(z.string()).optional(),
  payloads: z.boolean(),
});

const claimsSchema = z.object({
  sub: z.string(),
  name: z.string(),
  door: z.enum(DOORS),
  grants: z.array(grantSchema),
  reasons: z.array(z.string()),
  sid: z.string().nullable(),
  iat: z.number(),
  active: z.number(),
});

/** The cookie of sessions: its name and flags for this request. */
export function sessionCookie(headers: Headers) {
  const secure = isHttps(headers);
  return {
    name: nameCookie("session", secure),
    httpOnly: true,
    // Not strict: a link from a chat must open the page that it names. Changes check the origin, and none is a
    // GET.
    sameSite: "lax",
    secure,
    path: "/",
  } as const;
}

/** The session in a request's cookies; over https, only the one that no other host could have set. */
export function findSessionCookie(headers: Headers): string | undefined {
  return findCookie(headers, sessionCookie(headers).name);
}

/** The value of a request's cookie. */
export function findCookie(headers: Headers, name: string): string | undefined {
  for (const pair of (headers.get("cookie") ?? "").split(/; */)) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at) === name) return pair.slice(at + 1);
  }
  return undefined;
}

/** Seconds from the start of a session to its end. */
export function sessionSeconds(): number {
  return Math.round(getEnvironment().DASHBOARD_SESSION_HOURS * 3_600);
}

/** Browsers drop a cookie of more than 4096 bytes, including its name and flags. */
const MOST_BYTES = 3_800;

/**
 * Signs a session. It expires `DASHBOARD_SESSION_HOURS` after its start, regardless of activity. Grants that are
 * too long for a cookie are left out if the session has a row, which stores them.
 */
export async function signSession({ identity, ...times }: SessionClaims): Promise<string> {
  const session = await sign({ identity, ...times });
  if (session.length <= MOST_BYTES || identity.sessionId === null) return session;
  return sign({ identity: { ...identity, grants: [], reasons: [] }, ...times });
}

function sign({ identity, startedAt, activeAt }: SessionClaims): Promise<string> {
  const { subject, name, door, grants, reasons, sessionId } = identity;
  return new SignJWT({ name, door, grants, reasons, sid: sessionId, active: activeAt })
    .setProtectedHeader({ alg: "HS256", typ: "session+jwt" })
    .setSubject(subject)
    .setIssuer(AUDIENCE)
    .setAudience(AUDIENCE)
    .setIssuedAt(startedAt)
    .setExpirationTime(startedAt + sessionSeconds())
    .sign(deriveKey("session"));
}

/**
 * The claims of a session; `null` if it is missing, expired, changed, or signed with another key or for another
 * use.
 */
export async function verifySession(session: string | undefined): Promise<SessionClaims | null> {
  if (!session) return null;
  try {
    const { payload } = await jwtVerify(session, deriveKey("session"), {
      ...{ algorithms: ["HS256"], typ: "session+jwt", issuer: AUDIENCE, audience: AUDIENCE },
    });
    const { sub, sid, iat, active, ...identity } = claimsSchema.parse(payload);
    return {
      identity: { subject: sub, ...identity, sessionId: sid },
      startedAt: iat,
      activeAt: active,
    };
  } catch {
    return null;
  }
}

/** How often the cookie notes the person's activity, in seconds. */
const RENEW_SECONDS = 300;

/**
 * The session's cookie with the current time as the last activity; `null` if that is not due or there is no
 * session. Only needed if the dashboard's tables are missing: otherwise the session's row has the last activity.
 */
export async function renewSession(headers: Headers) {
  const claims = await verifySession(findSessionCookie(headers));
  const now = Math.floor(Date.now() / 1_000);
  if (!claims || now - claims.activeAt < RENEW_SECONDS) return null;
  const maxAge = claims.startedAt + sessionSeconds() - now;
  return {
    ...sessionCookie(headers),
    value: await signSession({ ...claims, activeAt: now }),
    maxAge,
  };
}
