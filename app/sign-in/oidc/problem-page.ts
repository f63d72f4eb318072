import { NextResponse } from "next/server";
import { withBase } from "@/lib/base-path";
import { getClientAddress } from "@/lib/identity/client-address";
import { apiHeaders } from "@/lib/identity/headers";
import type { ProviderError } from "@/lib/identity/oidc";
import { recordRefusal } from "@/lib/identity/refusal";

/** Redirects to the sign-in page, which explains the problem. Details are in the server log and the audit log. */
export async function toProblemPage(error: ProviderError, headers: Headers): Promise<Response> {
  await recordRefusal({
    ...{ actor: null, address: getClientAddress(headers), action: "sign in" },
    ...{ code: `provider_${error.reason}`, message: `The identity provider: ${error.detail}.` },
  });
  // A relative URL is resolved by the browser, so proxies in between don't matter.
  return new NextResponse(null, {
    status: 303,
    headers: { ...apiHeaders(), Location: withBase(`/sign-in?problem=${error.reason}`) },
  });
}
