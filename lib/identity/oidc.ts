import { EncryptJWT, jwtDecrypt } from "jose";
import * as client from "openid-client";
import * as z from "zod";
import { hasOidc } from "@/lib/db/door-settings";
import { getEnvironment, isLoopback } from "@/lib/db/env";
import { deriveKey } from "@/lib/db/keys";
import { matchRoles } from "@/lib/model/role-rules";
import { isHttps } from "./client-address";
import type { Identity } from "./identity";
import type { ProviderTokens } from "./session";
import { nameCookie } from "./session-cookie";

/** How many seconds a person has to sign in at the provider. */
const SIGN_IN_SECONDS = 600;

/** Time limit of a request to the provider, in seconds. */
const TIMEOUT = 5;

/** Tolerated difference between the clocks of the provider and this server, in seconds. */
const CLOCK_TOLERANCE = 30;

/** Where the provider redirects people, below `DASHBOARD_URL`. */
export const CALLBACK_PATH = "/sign-in/oidc/callback";

/**
 * The provider did not respond, or its response cannot be used. The message is for people; details are in the log.
 */
export class ProviderError extends Error {
  override readonly name = "ProviderError";

  constructor(
    readonly reason: "unavailable" | "refused" | "expired",
    /** What went wrong, by the library's own code; never contains a token. */
    readonly detail: string,
  ) {
    super(`The identity provider: ${reason}`);
  }
}

/** A person who signed in at the provider, and the claims that were checked for grants. */
export type ProviderCaller = { identity: Identity; looked: string[]; tokens: ProviderTokens };

let discovered: Promise<client.Configuration> | undefined;

/** Forgets the provider's configuration, for tests that start another one. */
export function forgetProvider(): void {
  discovered = undefined;
}

/**
 * Where to send a person to sign in, and the cookie that must return with them: it binds the response to this
 * browser, and holds, encrypted, the proof that the request is ours (state, nonce, code verifier).
 *
 * @throws ProviderError `unavailable`
 */
export async function beginSignIn(next: string): Promise<{ to: URL; transaction: string }> {
  const config = await getProvider();
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const { DASHBOARD_OIDC_SCOPES: scope } = getEnvironment();
  const to = client.buildAuthorizationUrl(config, {
    ...{ redirect_uri: callbackUrl(), response_type: "code", scope, state, nonce },
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    // Without it, providers return no refresh token for `offline_access`.
    ...(scope.includes("offline_access") && { prompt: "consent" }),
  });
  const transaction = await new EncryptJWT({ state, nonce, verifier, next: shorten(next) })
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .setIssuedAt()
    .setExpirationTime(`${SIGN_IN_SECONDS}s`)
    .encrypt(deriveKey("sign-in"));
  return { to, transaction };
}

/** The page to return to, or the start page if the address would not fit into the cookie. */
function shorten(next: string): string {
  return next.length > 2_000 ? "/" : next;
}

/** The cookie of a sign-in in progress. It must be sent when the provider redirects, hence `lax`. */
export function transactionCookie(headers: Headers) {
  const secure = isHttps(headers);
  return {
    name: nameCookie("sign_in", secure),
    httpOnly: true,
    sameSite: "lax",
    secure,
    path: "/",
    maxAge: SIGN_IN_SECONDS,
  } as const;
}

const transactionSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
});

/**
 * Completes a sign-in: exchanges the code, verifies the id token (signature, issuer, audience, times, nonce), and
 * maps its claims and those of the user info to grants.
 *
 * @param query the query string of the provider's redirect.
 * @throws ProviderError
 */
export async function completeSignIn(
  query: string,
  transaction: string | undefined,
): Promise<ProviderCaller & { next: string }> {
  const { state, nonce, verifier, next } = await openTransaction(transaction);
  const config = await getProvider();
  const tokens = await ask(() =>
    client.authorizationCodeGrant(config, new URL(`${callbackUrl()}${query}`), {
      ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
      idTokenExpected: true,
    }),
  );
  return { ...(await toCaller(config, tokens)), next };
}

/**
 * Asks the provider to confirm the person of a session again.
 *
 * @returns the person with their current grants, or `null` if the provider no longer confirms them.
 * @throws ProviderError `unavailable`: the answer is unknown.
 */
export async function confirmSession(
  refreshToken: string,
  subject: string,
): Promise<ProviderCaller | null> {
  const config = await getProvider();
  try {
    const tokens = await ask(() => client.refreshTokenGrant(config, refreshToken));
    const caller = await toCaller(config, tokens, subject);
    return { ...caller, tokens: { refreshToken, ...caller.tokens } };
  } catch (error) {
    if (error instanceof ProviderError && error.reason === "refused") return null;
    throw error;
  }
}

/** Where the provider ends its own session; `null` if it has no such page or does not respond. */
export async function getSignOutUrl(idToken: string | null): Promise<string | null> {
  try {
    const config = await getProvider();
    if (!config.serverMetadata().end_session_endpoint) return null;
    const { DASHBOARD_URL } = getEnvironment();
    return client.buildEndSessionUrl(config, {
      ...(idToken !== null && { id_token_hint: idToken }),
      post_logout_redirect_uri: `${DASHBOARD_URL}/sign-in`,
    }).href;
  } catch {
    return null;
  }
}

async function openTransaction(transaction: string | undefined) {
  if (!transaction) throw new ProviderError("expired", "no sign-in was begun in this browser");
  try {
    const { payload } = await jwtDecrypt(transaction, deriveKey("sign-in"));
    return transactionSchema.parse(payload);
  } catch {
    throw new ProviderError("expired", "the sign-in took too long, or began at another server");
  }
}

async function toCaller(
  config: client.Configuration,
  tokens: client.TokenEndpointResponse & Pick<client.TokenEndpointResponseHelpers, "claims">,
  expected?: string,
): Promise<ProviderCaller> {
  const idClaims = tokens.claims();
  const subject = idClaims?.sub ?? expected;
  if (subject === undefined || (expected !== undefined && subject !== expected))
    throw new ProviderError("refused", "the tokens are for another person");
  const userInfo = config.serverMetadata().userinfo_endpoint
    ? await ask(() => client.fetchUserInfo(config, tokens.access_token, subject))
    : {};
  const claims: Record<string, unknown> = { ...userInfo, ...idClaims };
  const { DASHBOARD_OIDC_ROLES = [] } = getEnvironment();
  const { grants, reasons, looked } = matchRoles(DASHBOARD_OIDC_ROLES, claims);
  const { name, preferred_username: username, email } = claims;
  const shown = [name, username, email].find((text) => typeof text === "string" && text !== "");
  return {
    identity: {
      ...{ subject, name: String(shown ?? subject).slice(0, 100), door: "oidc" },
      ...{ grants, reasons, sessionId: null },
    },
    looked,
    tokens: {
      ...(tokens.refresh_token && { refreshToken: tokens.refresh_token }),
      ...(tokens.id_token && { idToken: tokens.id_token }),
    },
  };
}

function callbackUrl(): string {
  return `${getEnvironment().DASHBOARD_URL}${CALLBACK_PATH}`;
}

/** The provider's configuration, discovered once; after a failure, the next use tries again. */
function getProvider(): Promise<client.Configuration> {
  discovered ??= discover().catch((error) => {
    discovered = undefined;
    throw error;
  });
  return discovered;
}

async function discover(): Promise<client.Configuration> {
  const settings = getEnvironment();
  const { DASHBOARD_OIDC_ISSUER: issuer, DASHBOARD_OIDC_CLIENT_ID: clientId } = settings;
  if (!hasOidc(settings) || issuer === undefined || clientId === undefined)
    throw new ProviderError("unavailable", "not configured");
  const { DASHBOARD_OIDC_CLIENT_SECRET: secret } = settings;
  const server = new URL(issuer);
  const isLocal = server.protocol === "http:" && isLoopback(server.hostname);
  const config = await ask(() =>
    client.discovery(
      server,
      clientId,
      { ...(secret && { client_secret: secret }), [client.clockTolerance]: CLOCK_TOLERANCE },
      secret ? undefined : client.None(),
      { timeout: TIMEOUT, ...(isLocal && { execute: [client.allowInsecureRequests] }) },
    ),
  );
  config.timeout = TIMEOUT;
  // The signature of an id token is verified too, although it arrives over a connection to the provider.
  client.enableNonRepudiationChecks(config);
  return config;
}

/** Errors by which the provider, or the library's checks of its response, refuse the person. */
const REFUSED = [
  client.AuthorizationResponseError,
  client.ResponseBodyError,
  client.ClientError,
] as const;

/** Statuses and codes that give no verdict on the person. */
const UNAVAILABLE =
  /TIMEOUT|INVALID_SERVER|DISCOVERY|REQUEST_TIMEOUT|OAUTH_RESPONSE_IS_NOT_CONFORM/;

async function ask<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    const { code = "", cause } = error as { code?: string; cause?: { status?: number } };
    const status = cause instanceof Response ? cause.status : undefined;
    const isRefused =
      REFUSED.some((kind) => error instanceof kind) &&
      !UNAVAILABLE.test(code) &&
      (status === undefined || status < 500);
    throw new ProviderError(isRefused ? "refused" : "unavailable", code || (error as Error).name);
  }
}
