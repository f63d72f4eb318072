"use server";

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { recordAudit } from "@/lib/audit/record";
import { getWritePool } from "@/lib/db/pools";
import { localOperator } from "@/lib/identity/require";
import { SESSION_COOKIE, SESSION_SECONDS } from "@/lib/identity/session";
import { type SignIn, signIn } from "@/lib/identity/sign-in";
import type { ProblemCode } from "@/lib/model/problem";
import { logAction } from "./internal/log";
import type { ActionResult } from "./result";

/** Signs in with the dashboard's token. On success the session is in a cookie that scripts cannot read. */
export async function signInAction(token: string): Promise<ActionResult<null>> {
  const request = await headers();
  const address = request.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "unknown";
  const started = performance.now();
  const result = await signIn(String(token), address);
  logAction({ name: "sign in", operator: null, outcome: result.outcome, input: {}, started });
  await recordSignIn(result.outcome, address);
  switch (result.outcome) {
    case "signed_in":
      (await cookies()).set(SESSION_COOKIE, result.session, {
        httpOnly: true,
        sameSite: "strict",
        secure: request.get("x-forwarded-proto") === "https",
        maxAge: SESSION_SECONDS,
        path: "/",
      });
      return { ok: true, data: null };
    case "wrong_token":
      return refuse("wrong_token", "Wrong token.");
    case "too_many_attempts":
      return refuse(
        "too_many_attempts",
        `Too many wrong tokens. Try again in ${result.retryAfterSeconds} seconds.`,
      );
  }
}

/** Ends the session in this browser and redirects to the sign-in page. */
export async function signOutAction(): Promise<void> {
  (await cookies()).delete(SESSION_COOKIE);
  redirect("/sign-in");
}

/**
 * Records a sign-in or a wrong token. Attempts beyond the limit are only logged, so that they cannot fill the audit log.
 * A failure to record it, for example without a database, does not prevent the sign-in.
 */
async function recordSignIn(outcome: SignIn["outcome"], address: string): Promise<void> {
  if (outcome === "too_many_attempts") return;
  const entry = { action: "sign in", input: { address } };
  try {
    await recordAudit(
      getWritePool(),
      outcome === "signed_in"
        ? { ...entry, operator: localOperator().name, outcome: "done" }
        : {
            ...entry,
            operator: "somebody",
            outcome: "refused",
            code: "wrong_token",
            message: "Wrong token.",
          },
    );
  } catch (unrecorded) {
    const { name } = unrecorded as Error;
    console.error(JSON.stringify({ audit: "a sign-in was not recorded", error: name }));
  }
}

function refuse(code: ProblemCode, message: string): ActionResult<null> {
  return { ok: false, error: { code, message, changed: false } };
}
