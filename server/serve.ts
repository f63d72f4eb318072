/** Serves an assembled app in this process. */
import { channel } from "node:diagnostics_channel";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BODY_ENCODING_HEADER } from "@/lib/live/body-encoding";
import { formatLogLine } from "@/lib/model/log-line";
import { beginShutdown } from "@/lib/shutdown";
import { COMPRESSIONS, type PlacedApp, placeApp } from "./app-folder";
import { sendDirectly } from "./direct";
import { warmUp } from "./warm-up";

/**
 * Time in milliseconds that requests and event streams have to finish after a stop request. The whole shutdown takes
 * ten seconds.
 */
const GRACE_MS = 9_000;

/**
 * How long an idle connection stays open: longer than proxies and load balancers keep theirs (Google's keep them longest,
 * for 600 s), so that none sends a request just when it is closed.
 */
const KEEP_ALIVE_MS = 620_000;

export type Server = {
  /** The address it listens on, with the real port if 0 was given. */
  url: string;
  /** Stops accepting, lets requests finish for up to ten seconds, releases leases and locks, and resolves. */
  stop: () => Promise<void>;
};

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>;
type Next = (options: object) => {
  prepare: () => Promise<void>;
  close: () => Promise<void>;
  getRequestHandler: () => Handler;
};

type Instrumentation = {
  ensureInstrumentationRegistered: (folder: string, distFolder: string) => Promise<void>;
};
type Config = { default: (phase: string, folder: string) => Promise<unknown> };

/**
 * Serves the app in `folder` with the settings in this process's environment. One server per process.
 *
 * @throws Error with a message for the user if the address can't be used.
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const app = await placeApp(options.folder, options.basePath);
  try {
    return await servePlaced(app, options);
  } catch (error) {
    await app.remove().catch(() => {});
    throw error;
  }
}

type ServeOptions = {
  folder: string;
  basePath: string;
  host: string;
  port: number;
  /** Host names that browsers use behind a proxy that rewrites `Host`. */
  allowedHosts: readonly string[];
};

async function servePlaced(app: PlacedApp, options: ServeOptions): Promise<Server> {
  // The standalone build's own server sets the same.
  const manifest = await readFile(
    path.join(app.folder, ".next/required-server-files.json"),
    "utf8",
  );
  const env = process.env as Record<string, string | undefined>;
  env.NODE_ENV = "production";
  const { config } = JSON.parse(manifest);
  config.experimental.serverActions.allowedOrigins = options.allowedHosts;
  const own: Version = {
    id: config.deploymentId ?? "",
    assets: path.join(app.folder, ".next/static"),
    address: `${options.basePath}/_next/static/`,
  };
  env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config);

  let handle: Handler | undefined;
  let ready: () => void = () => {};
  const prepared = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const server = http.createServer(async (request, response) => {
    if (hasTooManyRequests(request, response)) return;
    if (!handle) {
      await prepared;
      guardLate(request, response, server);
    }
    const elsewhere = findElsewhere(request.url ?? "", own);
    if (elsewhere !== null) {
      response.writeHead(307, { Location: elsewhere, "Cache-Control": "no-store" }).end();
      return;
    }
    offerCompression(request, response);
    offerCompressedFile(request, response, own);
    const answer = async () => {
      if (!(await sendDirectly(request, response))) await handle?.(request, response);
    };
    await answer().catch((error: Error) => {
      console.error(formatLogLine({ path: request.url?.split("?")[0], error: error.name }));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const connections = followConnections(server);
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collectWhenIdle(server, collect);
  limitGrowth(collect);
  await listen(server, options);
  const { port } = server.address() as { port: number };
  env.PORT = String(port);

  const load = createRequire(path.join(app.folder, "package.json"));
  // Otherwise the framework prints a line when it loads its configuration.
  const { default: loadConfig } = load("next/dist/server/config") as Config;
  await loadConfig("phase-production-server", app.folder);
  const next = load("next") as Next;
  const { host: hostname } = options;
  const framework = next({
    dev: false,
    dir: app.folder,
    hostname,
    port,
    httpServer: server,
    quiet: true,
  });
  await framework.prepare();
  // Otherwise the framework does this at the first request, and until then nothing is guarded or answered directly.
  const { ensureInstrumentationRegistered } = load(
    "next/dist/server/lib/router-utils/instrumentation-globals.external",
  ) as Instrumentation;
  await ensureInstrumentationRegistered(app.folder, ".next");
  const handleWithFramework = framework.getRequestHandler();
  await warmUp(server, handleWithFramework, options.basePath);
  handle = handleWithFramework;
  ready();

  const name = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    url: `http://${name}:${port}${options.basePath}`,
    stop: async () => {
      const drained = connections.drain();
      await Promise.race([beginShutdown(), pause(GRACE_MS)]);
      await drained;
      await Promise.race([framework.close().catch(() => {}), pause(500)]);
      await app.remove();
    },
  };
}

/**
 * Lets the request guard check a request that began before the guard did (`lib/identity/request-guard.ts`). The server
 * listens before it has loaded the app.
 */
export function guardLate(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  server: http.Server,
): void {
  channel("http.server.request.start").publish({
    request,
    response,
    socket: request.socket,
    server,
  });
}

/** The version of this server: its id, its folder of scripts and styles, and their URL path. */
export type Version = { id: string; assets: string; address: string };

/** How often a request for an asset of another version is redirected. Browsers follow twenty redirects. */
const MOST_TRIES = 15;

/**
 * The URL to redirect a request to for a script or style of another version that this server doesn't have: the same URL
 * again, since during a roll-out the load balancer also has servers of that version. `null` for every other request.
 *
 * @param url of the request; assets name their version in `dpl`.
 */
export function findElsewhere(url: string, { id, assets, address }: Version): string | null {
  if (!url.startsWith(address) || !URL.canParse(url, "http://host")) return null;
  const { pathname, searchParams } = new URL(url, "http://host");
  const wanted = searchParams.get("dpl");
  const tries = Number(searchParams.get("try") ?? 0);
  if (wanted === null || wanted === id || !(tries >= 0 && tries < MOST_TRIES)) return null;
  const name = pathname.slice(address.length);
  if (!pathname.startsWith(address) || !isAssetName(name)) return null;
  if (existsSync(path.join(assets, name))) return null;
  searchParams.set("try", String(tries + 1));
  return `${pathname}?${searchParams}`;
}

/** A build's file names need no escapes; other names could lead out of the folder. */
const isAssetName = (name: string) => /^[\w./~-]+$/.test(name) && !name.includes("..");

/** How many requests one connection may have that are not answered. Browsers and proxies send one at a time. */
const MOST_UNANSWERED = 16;

const unanswered = new WeakMap<Socket, number>();

/**
 * Ends the connection of a client that sends requests without waiting for their responses: all of those in a packet would
 * begin before any other client's.
 */
export function hasTooManyRequests(
  { socket }: http.IncomingMessage,
  response: http.ServerResponse,
): boolean {
  const waiting = (unanswered.get(socket) ?? 0) + 1;
  unanswered.set(socket, waiting);
  response.once("close", () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
  if (waiting <= MOST_UNANSWERED) return false;
  socket.destroy();
  return true;
}

/** Passes the client's accepted encoding to routes, and declares the encoding that they chose. */
function offerCompression(request: http.IncomingMessage, response: http.ServerResponse): void {
  delete request.headers[BODY_ENCODING_HEADER];
  if (accepts(request, "gzip")) request.headers[BODY_ENCODING_HEADER] = "gzip";
  const set = response.setHeader;
  response.setHeader = (name, value) =>
    set.call(response, name === BODY_ENCODING_HEADER ? "Content-Encoding" : name, value);
}

const ACCEPTED = {
  br: /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/,
  gzip: /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/,
};

function accepts({ headers }: http.IncomingMessage, encoding: keyof typeof ACCEPTED): boolean {
  return ACCEPTED[encoding].test(`${headers["accept-encoding"]}`);
}

const ASSET_TYPES: Record<string, string> = {
  ".js": "application/javascript; charset=UTF-8",
  ".css": "text/css; charset=UTF-8",
};

/**
 * Sends a script or style as the smallest file that the client accepts, if the app has it compressed
 * (`scripts/package/compress-assets.ts`).
 */
export function offerCompressedFile(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { assets, address }: Pick<Version, "assets" | "address">,
): void {
  const [pathname = "", ...search] = (request.url ?? "").split("?");
  const type = ASSET_TYPES[path.extname(pathname)];
  const name = pathname.slice(address.length);
  if (!/^(GET|HEAD)$/.test(`${request.method}`)) return;
  if (!type || !pathname.startsWith(address) || !isAssetName(name)) return;
  const found = COMPRESSIONS.find(
    ({ encoding, ending }) =>
      accepts(request, encoding) && existsSync(path.join(assets, `${name}${ending}`)),
  );
  if (!found) return;
  request.url = [`${pathname}${found.ending}`, ...search].join("?");
  response.setHeader("Content-Type", type);
  response.setHeader("Content-Encoding", found.encoding);
  response.setHeader("Vary", "Accept-Encoding");
}

/** The server is idle if it had no request for this time, which is looked at this often. In milliseconds. */
const IDLE_MS = 10_000;

/** The shortest time between two collections, in milliseconds. */
const COLLECT_MS = 60_000;

/** A collection with these flags also moves objects together, so that pages can be returned, and drops compiled code. */
const COLLECTION_FLAGS = ["compact-on-every-full-gc", "stress-flush-code"];

/**
 * Collects garbage when the server becomes idle, at most once a minute. Node does so only under load, so the memory of a
 * burst of requests would stay allocated. A collection sooner than five seconds after them would keep the memory that V8
 * reserves for new objects. Eight seconds later V8 returns to the system what is free: each further collection would
 * delay that. Probes don't count as requests, because they never pause.
 */
function collectWhenIdle(server: http.Server, collect: () => void): void {
  let isIdle = true;
  let isCollected = false;
  let collectedAt = Number.NEGATIVE_INFINITY;
  server.on("request", ({ url = "" }) => {
    if (/\/api\/health\b/.test(url)) return;
    isIdle = false;
    isCollected = false;
  });
  setInterval(() => {
    const wasIdle = isIdle;
    isIdle = true;
    const now = performance.now();
    if (!wasIdle || isCollected || now - collectedAt < COLLECT_MS) return;
    for (const flag of COLLECTION_FLAGS) setFlagsFromString(`--${flag}`);
    collect();
    for (const flag of COLLECTION_FLAGS) setFlagsFromString(`--no-${flag}`);
    collectedAt = now;
    isCollected = true;
  }, IDLE_MS).unref();
}

/** Resident memory in megabytes above which the heap grows slowly, and below which it grows as Node decides. */
const LARGE = { above: 180, below: 150 };

/** Percent by which a large heap grows until the next collection. Node would let it triple. */
const GROWTH = 40;

/**
 * Makes V8 collect more often while the server uses much memory. Without this, a thousand open event streams, which need
 * 215 MB, take 350. With less growth, collections take more of the processor than requests. A collection decides when the
 * next one comes, so one with the new growth is made at once; otherwise the heap may triple once more.
 */
function limitGrowth(collect: () => void): void {
  let isLarge = false;
  setInterval(() => {
    const megabytes = process.memoryUsage.rss() / 1_048_576;
    if (megabytes > LARGE.below && megabytes < LARGE.above) return;
    if (isLarge === megabytes >= LARGE.above) return;
    isLarge = !isLarge;
    setFlagsFromString(`--heap-growing-percent=${isLarge ? GROWTH : 0}`);
    if (isLarge) collect();
  }, 1_000).unref();
}

/** Tracks a server's connections, to close them when it stops. */
function followConnections(server: http.Server): { drain: () => Promise<void> } {
  const open = new Map<Socket, Set<http.ServerResponse>>();
  let isDraining = false;
  server.on("connection", (socket) => {
    open.set(socket, new Set());
    socket.once("close", () => open.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    open.get(socket)?.add(response);
    response.once("close", () => open.get(socket)?.delete(response));
    if (isDraining) response.setHeader("Connection", "close");
  });
  const closeIdle = () => {
    for (const [socket, responses] of open) if (responses.size === 0) socket.destroy();
  };
  return {
    /** Stops accepting, and resolves once all requests are answered or the grace period ends. */
    drain: async () => {
      isDraining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A client that is never idle would keep its connection, and the server, until the grace period ends.
      for (const response of [...open.values()].flatMap((responses) => [...responses]))
        if (!response.headersSent) response.setHeader("Connection", "close");
      // Browsers keep connections open, and open some in advance; idle ones would keep the server alive.
      const idle = setInterval(closeIdle, 100);
      const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearInterval(idle);
      clearTimeout(force);
    },
  };
}

function listen(
  server: http.Server,
  { host, port }: { host: string; port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      reject(new Error(explainListenError(code, message, host, port))),
    );
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

function explainListenError(
  code: string | undefined,
  message: string,
  host: string,
  port: number,
): string {
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is in use. Stop the other program, or choose another port (--port, PORT).`;
    case "EACCES":
      return `Port ${port} needs more rights than this user has. Choose a port above 1023 (--port, PORT).`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine. Correct --host or HOST; 0.0.0.0 listens on all.`;
    default:
      return `Cannot listen on ${host}, port ${port}: ${message}`;
  }
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds).unref());
