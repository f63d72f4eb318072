/**
 * Where to go after signing in: the given path if it leads to this dashboard, else its start. The path is normalised until
 * that changes nothing, so that what is checked is what a browser follows.
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

/** The path and query as a browser reads them; `null` if they lead elsewhere. */
function normalise(path: string): string | null {
  // Browsers read `//` and `/\` as the beginning of another host's address.
  if (!/^\/(?![/\\])/.test(path) || !URL.canParse(path, HERE)) return null;
  const url = new URL(path, HERE);
  return url.origin === HERE ? `${url.pathname}${url.search}` : null;
}

const HERE = "http://dashboard.invalid";
