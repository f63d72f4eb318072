import { RateLimiterMemory } from "rate-limiter-flexible";
import { getEnvironment } from "@/lib/db/env";
import { localOperator } from "./require";
import { createSession, isToken } from "./session";

/** Wrong tokens per minute: from one address, and in total, since an address can be forged. */
const LIMITS = { address: 5, everybody: 60 };

const byAddress = new RateLimiterMemory({ points: LIMITS.address, duration: 60 });
const overall = new RateLimiterMemory({ points: LIMITS.everybody, duration: 60 });

export type SignIn =
  | { outcome: "signed_in"; session: string }
  | { outcome: "wrong_token" }
  | { outcome: "too_many_attempts"; retryAfterSeconds: number };

/**
 * Exchanges the dashboard's token for a session. Only wrong tokens count as attempts. Above the limit the right token is
 * refused too, so that the response reveals nothing.
 */
export async function signIn(given: string, address: string): Promise<SignIn> {
  const { DASHBOARD_TOKEN: token } = getEnvironment();
  if (token === undefined)
    throw new Error("Nobody signs in to a dashboard without DASHBOARD_TOKEN.");
  const wait = Math.max(
    await blockedFor(byAddress, address, LIMITS.address),
    await blockedFor(overall, "everybody", LIMITS.everybody),
  );
  if (wait > 0) return { outcome: "too_many_attempts", retryAfterSeconds: Math.ceil(wait / 1000) };
  if (!isToken(given, token)) {
    await Promise.all([byAddress.penalty(address), overall.penalty("everybody")]);
    return { outcome: "wrong_token" };
  }
  await byAddress.delete(address);
  return { outcome: "signed_in", session: await createSession(localOperator(), token) };
}

async function blockedFor(limiter: RateLimiterMemory, key: string, points: number) {
  const used = await limiter.get(key);
  return used && used.consumedPoints >= points ? used.msBeforeNext : 0;
}
