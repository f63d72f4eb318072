import { NextResponse } from "next/server";
import { getClientAddress } from "@/lib/identity/client-address";
import { apiHeaders } from "@/lib/identity/headers";
import { getSignOutUrl } from "@/lib/identity/oidc";
import { recordQuietly } from "@/lib/identity/refusal";
import { toActor } from "@/lib/identity/require";
import { endSessionByCookie } from "@/lib/identity/session";
import { findSessionCookie, sessionCookie } from "@/lib/identity/session-cookie";

/**
 * Ends the session, including every copy of its cookie, and responds with the URL to open next: the provider's sign-out
 * page or the sign-in page. The caller unloads the document, so that no row of it stays in the browser.
 *
 * A route rather than a server action: an action that changes a cookie re-renders its page, which without a session
 * would redirect to the sign-in page before the provider's is reached.
 */
export async function POST({ headers }: Request): Promise<Response> {
  const ended = await endSessionByCookie(findSessionCookie(headers));
  let to = "/sign-in";
  if (ended) {
    const { identity, idToken } = ended;
    await recordQuietly(toActor(identity, getClientAddress(headers)), {
      ...{ operator: identity.name, action: "sign out", input: {}, outcome: "done" },
    });
    if (identity.door === "oidc") to = (await getSignOutUrl(idToken)) ?? to;
  }
  const response = NextResponse.json({ to }, { headers: apiHeaders() });
  const { name, ...flags } = sessionCookie(headers);
  response.cookies.set(name, "", { ...flags, maxAge: 0 });
  return response;
}
