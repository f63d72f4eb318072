import { createHash, timingSafeEqual } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";

/** What somebody may do: look, or also act on tasks and events. */
export const ROLES = ["viewer", "operator"] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. */
export type Identity = { name: string; roles: readonly Role[] };

export const SESSION_COOKIE = "absurd_dashboard_session";

/** After so many seconds the token has to be given again. */
export const SESSION_SECONDS = 12 * 3_600;

const claims = z.object({ sub: z.string(), roles: z.array(z.enum(ROLES)) });

/** A signed session. The key comes from the token, so a new token ends all sessions and a restart ends none. */
export function createSession(identity: Identity, token: string): Promise<string> {
  return new SignJWT({ roles: identity.roles })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(identity.name)
    .setIssuedAt()
    .setExpirationTime(`${SESSION_SECONDS}s`)
    .sign(sessionKey(token));
}

/** Whose session it is; `null` for one that is missing, expired, tampered with or signed with another token. */
export async function readSession(
  session: string | undefined,
  token: string,
): Promise<Identity | null> {
  if (!session) return null;
  try {
    const { payload } = await jwtVerify(session, sessionKey(token), { algorithms: ["HS256"] });
    const { sub, roles } = claims.parse(payload);
    return { name: sub, roles };
  } catch {
    return null;
  }
}

/** Whether this is the token, in a time that tells nothing about how much of it is right. */
export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function sessionKey(token: string): Uint8Array {
  return digest(`absurd-dashboard session\0${token}`);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
