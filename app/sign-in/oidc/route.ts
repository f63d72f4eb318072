import { NextResponse } from "next/server";
import { apiHeaders } from "@/lib/identity/headers";
import { beginSignIn, ProviderError, transactionCookie } from "@/lib/identity/oidc";
import { returnPath } from "@/lib/identity/return-path";
import { toProblemPage } from "./problem-page";

/** Redirects to the identity provider. */
export async function GET(request: Request): Promise<Response> {
  const next = returnPath(new URL(request.url).searchParams.get("next"));
  try {
    const { to, transaction } = await beginSignIn(next);
    const { name, ...flags } = transactionCookie(request.headers);
    const response = NextResponse.redirect(to, { status: 303, headers: apiHeaders() });
    response.cookies.set(name, transaction, flags);
    return response;
  } catch (error) {
    if (error instanceof ProviderError) return toProblemPage(error, request.headers);
    throw error;
  }
}
