/**
 * Where to go after signing in: the given path if it leads to this dashboard, otherwise its start page. The path
 * is normalised until it no longer changes, so that the checked path is the one that a browser follows.
 */
export function returnPath(given: string | null | undefined): string {
  let path = given ?? "/";
  for (let round = 0; round < 5; round++) {
    const normal = normalise(path);
    if (normal === null) return "/";
    if (normal === path) return path;
    path = normal;
  }
  return "/";
}

/** The path and query as a browser parses them; `null` if they lead elsewhere. */
function normalise(path: string): string | null {
  // Browsers parse `//` and `/\` as the start of another host's address.
  if (!/^\/(?![/\\])/.test(path) || !URL.canParse(path, HERE)) return null;
  const url = new URL(path, HERE);
  return url.origin === HERE ? `${url.pathname}${url.search}` : null;
}

const HERE = "http://dashboard.invalid";
