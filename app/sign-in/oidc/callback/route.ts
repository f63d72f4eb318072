import { NextResponse } from "next/server";
import { withBase } from "@/lib/base-path";
import { getClientAddress } from "@/lib/identity/client-address";
import { deniedPage } from "@/lib/identity/denied-page";
import { apiHeaders } from "@/lib/identity/headers";
import { completeSignIn, ProviderError, transactionCookie } from "@/lib/identity/oidc";
import { recordRefusal } from "@/lib/identity/refusal";
import { toActor } from "@/lib/identity/require";
import { endPreviousSession } from "@/lib/identity/session";
import {
  findCookie,
  findSessionCookie,
  sessionCookie,
  sessionSeconds,
} from "@/lib/identity/session-cookie";
import { beginSession } from "@/lib/identity/sign-in";
import { toProblemPage } from "../problem-page";

/** The redirect URI of the provider: starts a session if the account has a role here. */
export async function GET(request: Request): Promise<Response> {
  const { headers } = request;
  const { name: transaction, ...flags } = transactionCookie(headers);
  const response = await finish(request, findCookie(headers, transaction)).catch((error) => {
    if (error instanceof ProviderError) return toProblemPage(error, headers);
    throw error;
  });
  const answer = new NextResponse(response.body, response);
  // Single use, regardless of the outcome.
  answer.cookies.set(transaction, "", { ...flags, maxAge: 0 });
  return answer;
}

async function finish(request: Request, transaction: string | undefined): Promise<Response> {
  const { headers, url } = request;
  const { identity, looked, tokens, next } = await completeSignIn(new URL(url).search, transaction);
  const address = getClientAddress(headers);
  if (identity.grants.length === 0) {
    const message = `No role; looked at ${looked.join("; ") || "no claim"}.`;
    const actor = toActor(identity, address);
    await recordRefusal({ actor, address, action: "sign in", code: "forbidden", message });
    return deniedPage(identity.name, looked, "DASHBOARD_OIDC_ROLES");
  }
  const origin = { address, userAgent: headers.get("user-agent") };
  const session = await beginSession(identity, origin, tokens);
  await endPreviousSession(findSessionCookie(headers));
  const { name, ...flags } = sessionCookie(headers);
  const response = new NextResponse(null, {
    status: 303,
    headers: { ...apiHeaders(), Location: withBase(next) },
  });
  response.cookies.set(name, session, { ...flags, maxAge: sessionSeconds() });
  return response;
}
