/** Renders pages before anyone opens one. */
import http from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Pages that read nothing from a database. The first loads what all pages share. The second also loads the frame of most,
 * unless it requires a sign-in, or belongs to one of several databases: then it redirects.
 */
const PAGES = ["/sign-in", "/settings"];

/** Milliseconds after which the server starts without having rendered them. */
const LIMIT_MS = 3_000;

/**
 * Has `handle` respond to requests for a few pages, so that their modules are loaded and the first visitor doesn't wait
 * for that. The requests arrive at a port that this opens for them and closes. Never rejects.
 *
 * @param own the server that will have this handler. At its first request the framework adds another one to it, for
 * upgrades to other protocols, which is removed: it leaves their sockets open without an answer.
 */
export async function warmUp(
  own: http.Server,
  handle: http.RequestListener,
  basePath: string,
  limit = LIMIT_MS,
): Promise<void> {
  const server = http.createServer(handle);
  const signal = AbortSignal.timeout(limit);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    for (const page of PAGES) await open(`http://127.0.0.1:${port}${basePath}${page}`, signal);
  } catch {
    // The first visitor loads what this has not.
  }
  own.removeAllListeners("upgrade");
  server.close();
  server.closeAllConnections();
}

/** Requests a page through no proxy, whatever the environment names, and reads it to its end. */
function open(url: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, signal }, (response) => {
      response.on("end", resolve).on("error", reject).resume();
    });
    request.on("error", reject);
  });
}
