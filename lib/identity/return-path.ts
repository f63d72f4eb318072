/** Where to go after signing in: the given path if it is one of this dashboard, else its start. */
export function returnPath(given: string | null | undefined): string {
  if (!given?.startsWith("/") || !URL.canParse(given, HERE)) return "/";
  // Browsers read `//` and `/\\` as the beginning of another host's address.
  const url = new URL(given, HERE);
  return url.origin === HERE ? `${url.pathname}${url.search}` : "/";
}

const HERE = "http://dashboard.invalid";
