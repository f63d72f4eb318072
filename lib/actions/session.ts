"use server";

import { cookies, headers } from "next/headers";
import { getClientAddress } from "@/lib/identity/client-address";
import { endPreviousSession } from "@/lib/identity/session";
import { findSessionCookie, sessionCookie, sessionSeconds } from "@/lib/identity/session-cookie";
import { signInByToken } from "@/lib/identity/sign-in";
import type { ProblemCode } from "@/lib/model/problem";
import { logAction } from "./internal/log";
import type { ActionResult } from "./result";

/** Signs in with the dashboard's token. On success the session is in a cookie that scripts cannot read. */
export async function signInAction(token: string): Promise<ActionResult<null>> {
  const request = await headers();
  const started = performance.now();
  const result = await signInByToken(String(token), {
    address: getClientAddress(request),
    userAgent: request.get("user-agent"),
  });
  logAction({ name: "sign in", operator: null, outcome: result.outcome, input: {}, started });
  switch (result.outcome) {
    case "signed_in": {
      await endPreviousSession(findSessionCookie(request));
      const { name, ...flags } = sessionCookie(request);
      (await cookies()).set(name, result.session, { ...flags, maxAge: sessionSeconds() });
      return { ok: true, data: null };
    }
    case "wrong_token":
      return refuse("wrong_token", "Wrong token.");
    case "too_many_attempts":
      return refuse(
        "too_many_attempts",
        `Wrong token, and too many wrong ones before it. Wait ${result.retryAfterSeconds} seconds before the next.`,
      );
  }
}

function refuse(code: ProblemCode, message: string): ActionResult<null> {
  return { ok: false, error: { code, message, changed: false } };
}
