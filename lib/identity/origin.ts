import { isIP } from "node:net";
import { isLoopback } from "@/lib/db/env";

/**
 * The reason to refuse a request, or `null`. A page on another site can make a browser send requests here, but it
 * cannot forge their `Host` and `Origin`:
 * - a foreign `Host` is a name that was pointed at this machine (DNS rebinding). IP addresses and `localhost`
 *   cannot be rebound and are accepted; other names must be allowed. Without a token only loopback addresses are
 *   accepted.
 * - a foreign `Origin` is a form or script of another site (CSRF).
 *
 * @param allowed additional host names of this dashboard, with a port or for all ports.
 * @param isLocal whether the dashboard has no token and serves only this machine.
 */
export function findForeign(
  headers: Headers,
  allowed: readonly string[],
  isLocal: boolean,
): "host" | "origin" | null {
  const host = headers.get("host")?.toLowerCase() ?? "";
  if (!isOwnHost(host, allowed, isLocal)) return "host";
  const origin = headers.get("origin");
  if (origin !== null && !isOwnOrigin(origin, host, allowed)) return "origin";
  const isCrossSite = headers.get("sec-fetch-site") === "cross-site";
  if (isCrossSite && headers.get("sec-fetch-mode") !== "navigate") return "origin";
  return null;
}

function isOwnHost(host: string, allowed: readonly string[], isLocal: boolean): boolean {
  const name = hostname(host);
  if (name === null) return false;
  if (isLoopback(name) || isAllowed(host, name, allowed)) return true;
  return !isLocal && isIP(name) !== 0;
}

function isOwnOrigin(origin: string, host: string, allowed: readonly string[]): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  // A sandboxed page has the origin `null`.
  if (!url || !["http:", "https:"].includes(url.protocol)) return false;
  return url.host === host || isAllowed(url.host, hostname(url.host), allowed);
}

function isAllowed(host: string, name: string | null, allowed: readonly string[]): boolean {
  return allowed.includes(host) || (name !== null && allowed.includes(name));
}

/** The name or bare address of a `Host` header, without its port; `null` if it is invalid. */
function hostname(host: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@[\]]+))(?::\d{1,5})?$/.exec(host);
  return match?.[1] ?? match?.[2] ?? null;
}
