import { RateLimiterMemory } from "rate-limiter-flexible";
import { getEnvironment } from "@/lib/db/env";
import { isSameSecret } from "./client-address";
import { EVERYWHERE, type Identity } from "./identity";
import { recordQuietly, recordRefusal } from "./refusal";
import { toActor } from "./require";
import { type Origin, type ProviderTokens, startSession } from "./session";

/** Wrong tokens that one address may try per minute before it must wait. */
const WRONG_TOKENS = 5;

const wrong = new RateLimiterMemory({ points: WRONG_TOKENS, duration: 60 });

export type SignIn =
  | { outcome: "signed_in"; session: string }
  | { outcome: "wrong_token" }
  | { outcome: "too_many_attempts"; retryAfterSeconds: number };

/**
 * Exchanges the dashboard's token for a session of the break-glass admin.
 *
 * The right token is always accepted, regardless of earlier attempts, so no one can lock out others. That costs no
 * security, because the server refuses to start with a token that is short or has few distinct characters. The
 * limit keeps the server's log and the audit log readable.
 */
export async function signInByToken(given: string, origin: Origin): Promise<SignIn> {
  const { DASHBOARD_TOKEN: token } = getEnvironment();
  if (token === undefined) throw new Error("This dashboard has no token to sign in with.");
  const { address } = origin;
  if (isSameSecret(given, token))
    return { outcome: "signed_in", session: await beginSession(breakGlassAdmin(), origin) };
  const refusal = { actor: null, address, action: "sign in" } as const;
  const { consumedPoints, msBeforeNext } = await wrong.penalty(address ?? "unknown");
  const isOver = consumedPoints > WRONG_TOKENS;
  await recordRefusal({ ...refusal, code: "wrong_token", message: "Wrong token." });
  return isOver
    ? { outcome: "too_many_attempts", retryAfterSeconds: Math.ceil(msBeforeNext / 1_000) }
    : { outcome: "wrong_token" };
}

/** Starts a session for a person who passed a door, and records the sign-in. Returns the value of the cookie. */
export async function beginSession(
  identity: Identity,
  origin: Origin,
  tokens: ProviderTokens = {},
): Promise<string> {
  const session = await startSession(identity, origin, tokens);
  await recordQuietly(toActor(identity, origin.address), {
    ...{ operator: identity.name, action: "sign in", outcome: "done" },
    input: { address: origin.address ?? "unknown", door: identity.door },
  });
  return session;
}

/**
 * Everyone with the token. The audit log names `DASHBOARD_OPERATOR`, because a shared token cannot distinguish
 * people.
 */
function breakGlassAdmin(): Identity {
  const { DASHBOARD_OPERATOR: name } = getEnvironment();
  return {
    ...{ subject: "token", name, door: "token", sessionId: null },
    grants: [{ role: "admin", ...EVERYWHERE }],
    reasons: ["has the token of the dashboard (DASHBOARD_TOKEN)"],
  };
}
