import { createHash, timingSafeEqual } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { DOORS, ROLES } from "@/lib/model/access";
import type { Identity } from "./identity";

export const SESSION_COOKIE = "absurd_dashboard_session";

/** Seconds until a session expires and the token is needed again. */
export const SESSION_SECONDS = 12 * 3_600;

const claims = z.object({
  sub: z.string(),
  name: z.string(),
  door: z.enum(DOORS),
  grants: z.array(
    z.object({
      role: z.enum(ROLES),
      queues: z.array(z.string()).nullable(),
      tenants: z.array(z.string()).nullable(),
      payloads: z.boolean(),
    }),
  ),
  reasons: z.array(z.string()),
});

/** Creates a signed session. Its key is derived from the token: a new token ends all sessions, a restart ends none. */
export function createSession(identity: Identity, token: string): Promise<string> {
  const { subject, name, door, grants, reasons } = identity;
  return new SignJWT({ name, door, grants, reasons })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(`${SESSION_SECONDS}s`)
    .sign(sessionKey(token));
}

/** The identity in a session; `null` if the session is missing, expired, tampered with or signed with another token. */
export async function verifySession(
  session: string | undefined,
  token: string,
): Promise<Identity | null> {
  if (!session) return null;
  try {
    const { payload } = await jwtVerify(session, sessionKey(token), { algorithms: ["HS256"] });
    const { sub: subject, ...identity } = claims.parse(payload);
    return { subject, ...identity, sessionId: null };
  } catch {
    return null;
  }
}

/** Whether this is the token. Takes the same time for every wrong token, so its duration reveals nothing. */
export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function sessionKey(token: string): Uint8Array {
  return digest(`absurd-dashboard session\0${token}`);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
