import { createHmac, timingSafeEqual } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state";
import { withBase } from "@/lib/base-path";
import { hasProxyDoor, listNamingHeaders } from "@/lib/db/door-settings";
import { getEnvironment, hasDoor } from "@/lib/db/env";
import { deriveKey } from "@/lib/db/keys";
import { isTooLarge } from "@/lib/model/work/json-values";
import { type Pausing, workInTurns } from "@/lib/model/work/turns";
import { formatPeer, isSameMark, PEER_HEADER } from "./client-address";
import { isTrustedProxy } from "./proxy-door";
import { findSessionCookie } from "./session-cookie";

/**
 * The largest body without a session, in bytes. The framework buffers a body in memory before anything is
 * authorised.
 */
export const ANONYMOUS_BODY = 65_536;

/** The largest body of any request: actions accept no more. In bytes. */
export const LARGEST_BODY = 4_194_304;

/** The framework takes time quadratic in the number of parameters: a second for those that a URL can hold. */
const MOST_PARAMETERS = 500;

/** Milliseconds for a request to arrive: its headers, and all of it. Node checks every half minute. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 60_000;

const METHODS: readonly string[] = ["GET", "HEAD", "POST"];

/** Set on a request that must be refused, with the status; replaces any value that a client sends. */
const REFUSAL_HEADER = "x-absurd-dashboard-refusal";

/** Why the guard refuses a request. */
export type GuardRefusal = 400 | 405 | 411 | 413;

type Message = {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
  server: Server;
};

const KEY = Symbol.for("absurd-dashboard.request-guard");
const shared = globalThis as { [KEY]?: true };

/**
 * Checks every request of this process before the framework does, for any handler: notes the peer's address,
 * limits the time that a request may take to arrive, and has `proxy.ts` refuse what the framework would answer
 * with 500 (an invalid path, TRACE) or buffer in memory (a large body of an unknown caller). Call it once, when
 * the server starts.
 */
export function guardRequests(): void {
  if (shared[KEY]) return;
  shared[KEY] = true;
  subscribe("http.server.request.start", (message) => guard(message as Message));
}

const withoutUpgrades = new WeakSet<Server>();

/**
 * Serves requests for an upgrade to another protocol as plain requests. The dashboard has none, and the framework's
 * handler keeps their sockets open without a time limit. In development the framework needs them.
 */
function refuseUpgrades(server: Server): void {
  if (process.env.NODE_ENV === "development" || withoutUpgrades.has(server)) return;
  withoutUpgrades.add(server);
  const remove = () => server.removeAllListeners("upgrade");
  remove();
  // The framework adds its handler at the first request.
  server.on("newListener", (event) => {
    if (event === "upgrade") queueMicrotask(remove);
  });
}

const guarded = new WeakSet<IncomingMessage>();

/** Checks a request once: one that was refused has become another. */
function guard({ request, response, socket, server }: Message): void {
  if (guarded.has(request)) return;
  guarded.add(request);
  refuseUpgrades(server);
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  request.headers[PEER_HEADER] = formatPeer(socket.remoteAddress);
  delete request.headers[REFUSAL_HEADER];
  const refusal = findRefusal(request);
  if (refusal === null) return;
  // The framework receives a harmless request instead, and never sees the body.
  request.headers = {
    host: request.headers.host,
    [PEER_HEADER]: request.headers[PEER_HEADER],
    [REFUSAL_HEADER]: formatPeer(`${refusal} ${describePath(request.url)}`),
  };
  request.method = "GET";
  // The framework would redirect the root of a base path to the path without its slash.
  request.url = withBase("/sign-in");
  response.shouldKeepAlive = false;
}

/** The status with which the guard refused this request, and its path; `null` for every other request. */
export function getRefusal(headers: Headers): { status: GuardRefusal; path: string } | null {
  const [mark = "", status, path = ""] = (headers.get(REFUSAL_HEADER) ?? "").split(" ");
  return isSameMark(mark) ? { status: Number(status) as GuardRefusal, path } : null;
}

/** The path for the log. It may not be UTF-8, so everything unusual in it is encoded once more. */
function describePath(url = ""): string {
  return encodeURI((url.split("?")[0] ?? "").slice(0, 300));
}

function findRefusal(request: IncomingMessage): GuardRefusal | null {
  if (!METHODS.includes(request.method ?? "")) return 405;
  const { url = "" } = request;
  if (!isValidPath(url) || hasTwice(request) || !hasRouterState(request)) return 400;
  if (url.split("&", MOST_PARAMETERS + 1).length > MOST_PARAMETERS) return 400;
  if (request.method !== "POST" || !hasDoor(getEnvironment())) return null;
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (encoding === undefined && Number(length ?? 0) <= ANONYMOUS_BODY) return null;
  if (!isKnownCaller(request)) return encoding === undefined ? 413 : 411;
  return Number(length ?? 0) > LARGEST_BODY ? 413 : null;
}

/**
 * Whether `Host` arrived twice, or a header by which a trusted proxy names a person: the client's in addition to that of
 * a proxy which appends its header instead of setting it. Joined, they would be one list of groups.
 */
function hasTwice({ rawHeaders }: IncomingMessage): boolean {
  const settings = getEnvironment();
  const single = ["host", ...(hasProxyDoor(settings) ? listNamingHeaders(settings) : [])];
  const given = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return single.some((name) => given.indexOf(name) !== given.lastIndexOf(name));
}

/** Whether the state of the router is as pages send it, or absent. The framework answers any other with 500. */
function hasRouterState({ headers }: IncomingMessage): boolean {
  try {
    parseAndValidateFlightRouterState(headers["next-router-state-tree"]);
    return true;
  } catch {
    return false;
  }
}

function isValidPath(url: string): boolean {
  try {
    decodeURIComponent(url.split("?")[0] ?? "");
    return url.startsWith("/");
  } catch {
    return false;
  }
}

/** How many values the arguments of a server action may have. The longest selection of tasks has 3,000. */
const MOST_VALUES = 10_000;

/** How many arguments. Actions have one; the framework answers a call with a thousand by 500. */
const MOST_ARGUMENTS = 10;

/**
 * Whether a POST to a page is what pages send: nothing, or the arguments of a server action as a list of plain JSON
 * values. The framework also decodes forms, and references between values, before anything is authorised; a body made for
 * it takes seconds.
 */
export async function isPlainAction(request: Request): Promise<boolean> {
  const { headers } = request;
  const type = headers.get("content-type")?.trim().toLowerCase() ?? "";
  if (!headers.has("next-action")) return type === "" || type.startsWith("text/plain");
  if (!type.startsWith("text/plain")) return false;
  return workInTurns(isPlainList(await request.text()));
}

/** It pauses, because the framework decodes and parses the body once more. */
function* isPlainList(text: string): Pausing<boolean> {
  if (text.length > LARGEST_BODY || isTooLarge(text, MOST_VALUES)) return false;
  yield;
  // Texts that begin with a dollar sign arrive with two.
  if (/(?<!\\)"\$(?!\$|undefined")/.test(text)) return false;
  yield;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.length <= MOST_ARGUMENTS;
  } catch {
    return false;
  } finally {
    yield;
  }
}

/**
 * Whether the request has a session that this server signed, or comes from the trusted proxy. Its caller is
 * determined later.
 */
function isKnownCaller({ headers }: IncomingMessage): boolean {
  const list = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    [value].flat().join(", "),
  ]);
  const given = new Headers(list);
  return isTrustedProxy(given) || isSigned(findSessionCookie(given));
}

function isSigned(session: string | undefined): boolean {
  const [header, payload, signature, ...rest] = (session ?? "").split(".");
  if (!header || !payload || !signature || rest.length > 0) return false;
  const expected = createHmac("sha256", deriveKey("session"))
    .update(`${header}.${payload}`)
    .digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const { exp = 0 } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { exp?: number };
  return exp * 1_000 > Date.now();
}
