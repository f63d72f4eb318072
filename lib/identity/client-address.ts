import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { isInRanges } from "@/lib/db/door-settings";
import { getEnvironment } from "@/lib/db/env";

/** Set by `guardRequests` on every request that enters the process, replacing any value that a client sends. */
export const PEER_HEADER = "x-absurd-dashboard-peer";

// Start-up code, pages and actions are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.peer-mark");
const shared = globalThis as { [KEY]?: string };
shared[KEY] ??= randomBytes(16).toString("hex");
const mark = shared[KEY];

/** The value of `PEER_HEADER` for a connection. Its mark proves that this process wrote it. */
export function formatPeer(address: string | undefined): string {
  return `${mark} ${address ?? ""}`;
}

/** The address at the other end of the connection: a browser's, or the last proxy's; `null` if it is unknown. */
export function getPeer(headers: Headers): string | null {
  const [given = "", address] = (headers.get(PEER_HEADER) ?? "").split(" ");
  return isSameMark(given) && address ? address : null;
}

/** Whether a header was written by this process. */
export function isSameMark(given: string): boolean {
  return given === mark;
}

/** Whether the connection comes from one of the proxies in `DASHBOARD_PROXY_FROM`. */
export function isFromProxy(headers: Headers): boolean {
  const { DASHBOARD_PROXY_FROM: ranges } = getEnvironment();
  const peer = getPeer(headers);
  return ranges !== undefined && peer !== null && isInRanges(ranges, peer);
}

/**
 * The address that a request comes from; `null` if it is unknown. `X-Forwarded-For` counts only from the proxies
 * in `DASHBOARD_PROXY_FROM`, and only the part that they wrote: from the right, up to the first address that is
 * not one of theirs.
 */
export function getClientAddress(headers: Headers): string | null {
  const peer = getPeer(headers);
  const { DASHBOARD_PROXY_FROM: ranges } = getEnvironment();
  if (ranges === undefined || !isFromProxy(headers)) return peer;
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  const client = hops.reverse().find((hop) => hop !== "" && !isInRanges(ranges, hop));
  return client?.slice(0, 64) ?? peer;
}

/**
 * Whether the browser uses https: by the dashboard's own address if that is set, otherwise by a proxy's header.
 */
export function isHttps(headers: Headers): boolean {
  const { DASHBOARD_URL } = getEnvironment();
  if (DASHBOARD_URL !== undefined) return DASHBOARD_URL.startsWith("https:");
  // Behind several proxies the first value is the browser's.
  return headers.get("x-forwarded-proto")?.split(",")[0]?.trim().toLowerCase() === "https";
}

/** Compares secrets in a time that does not depend on where they differ, or on the length of the expected one. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
