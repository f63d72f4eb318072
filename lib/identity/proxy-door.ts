import { createRemoteJWKSet, jwtVerify } from "jose";
import { hasProxyDoor } from "@/lib/db/door-settings";
import { getEnvironment } from "@/lib/db/env";
import { matchRoles } from "@/lib/model/role-rules";
import { isFromProxy, isSameSecret } from "./client-address";
import type { Identity } from "./identity";

/** Tolerated difference between the clocks of the proxy and this server, in seconds. */
const CLOCK_TOLERANCE = 30;

/** A person who comes through the trusted proxy, and the claims that were checked for grants. */
export type ProxyCaller = { identity: Identity; looked: string[] };

/**
 * The person that the trusted proxy names: in a signed assertion if one is configured, otherwise in plain headers.
 * `null` if the door is not configured, the request does not come from the proxy, or it names no one. Headers of
 * any other sender are ignored.
 */
export async function findProxyCaller(headers: Headers): Promise<ProxyCaller | null> {
  const settings = getEnvironment();
  if (!isTrustedProxy(headers)) return null;
  const claims = settings.DASHBOARD_PROXY_JWT_HEADER
    ? await findAssertion(headers.get(settings.DASHBOARD_PROXY_JWT_HEADER))
    : getHeaderClaims(headers);
  if (!claims) return null;
  const { grants, reasons, looked } = matchRoles(settings.DASHBOARD_PROXY_ROLES ?? [], claims);
  const { sub, name, email } = claims;
  const identity: Identity = {
    ...{ subject: String(sub), name: String(name ?? email ?? sub).slice(0, 100), door: "proxy" },
    ...{ grants, reasons, sessionId: null },
  };
  return { identity, looked };
}

/** Whether the request comes from the proxy: by its address, its secret, or both if both are configured. */
export function isTrustedProxy(headers: Headers): boolean {
  const settings = getEnvironment();
  if (!hasProxyDoor(settings)) return false;
  const { DASHBOARD_PROXY_FROM: from, DASHBOARD_PROXY_SECRET: secret } = settings;
  if (from === undefined && secret === undefined) return false;
  if (from !== undefined && !isFromProxy(headers)) return false;
  const given = headers.get(settings.DASHBOARD_PROXY_SECRET_HEADER) ?? "";
  return secret === undefined || isSameSecret(given, secret);
}

function getHeaderClaims(headers: Headers): Record<string, unknown> | null {
  const settings = getEnvironment();
  const get = (name: string | undefined) => (name && headers.get(name)?.trim()) || undefined;
  const user = get(settings.DASHBOARD_PROXY_USER_HEADER);
  if (user === undefined) return null;
  const groups = get(settings.DASHBOARD_PROXY_GROUPS_HEADER)?.split(",") ?? [];
  return {
    sub: user,
    user,
    name: get(settings.DASHBOARD_PROXY_NAME_HEADER) ?? user,
    groups: groups.map((group) => group.trim()),
  };
}

const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();

/** The claims of an assertion that is signed by the issuer, for this audience, and valid now. */
async function findAssertion(assertion: string | null): Promise<Record<string, unknown> | null> {
  const settings = getEnvironment();
  const { DASHBOARD_PROXY_JWT_ISSUER: issuer, DASHBOARD_PROXY_JWT_AUDIENCE: audience } = settings;
  const { DASHBOARD_PROXY_JWT_KEYS: address } = settings;
  // The settings were checked at start. Without any one of them an assertion proves nothing.
  if (!assertion || !address || !issuer || !audience) return null;
  let keys = keySets.get(address);
  if (!keys) {
    keys = createRemoteJWKSet(new URL(address), { timeoutDuration: 5_000 });
    keySets.set(address, keys);
  }
  try {
    const { payload } = await jwtVerify(assertion, keys, {
      ...{ issuer, audience, clockTolerance: CLOCK_TOLERANCE, requiredClaims: ["sub", "exp"] },
      algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"],
    });
    return payload;
  } catch {
    return null;
  }
}
