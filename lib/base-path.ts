/**
 * The path that precedes every address of this dashboard, such as `/ops/absurd`; empty at the root of its host. A build
 * contains a placeholder here, which `server/app-folder.ts` replaces when the server starts: so never compare it, since a
 * comparison is decided while building.
 */
const BASE_PATH = process.env.NEXT_PUBLIC_BASE_PATH ?? "";

/**
 * The address of one of this dashboard's paths, for what the framework does not complete itself: requests by `fetch`, event
 * streams, plain anchors, `location` and absolute URLs. `next/link`, the router and `redirect()` add the base path themselves.
 *
 * @param path begins with `/`.
 */
export function withBase(path: string): string {
  return `${BASE_PATH}${path}`;
}

/** The dashboard's own path within an address of this host, such as `location.pathname`. */
export function withoutBase(path: string): string {
  return path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) || "/" : path;
}
