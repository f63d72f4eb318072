import { withDatabase } from "@/lib/base-path";
import { type ProblemBody, ProblemError } from "@/lib/model/problem";
import { isPersonActive } from "./activity";
import { noteDeployment } from "./deployment";

let bypass = false;
let after: number | undefined;

/** Requests started by `start`, before it returns, bypass the results that the server shares. For a manual refresh. */
export function withFreshReads<T>(start: () => T): T {
  bypass = true;
  try {
    return start();
  } finally {
    bypass = false;
  }
}

/**
 * Requests started by `start`, before it returns, receive results that were read after the change of this turn.
 */
export function withReadsAfter<T>(turn: number, start: () => T): T {
  after = turn;
  try {
    return start();
  } finally {
    after = undefined;
  }
}

/**
 * Fetches one of the dashboard's own routes, by POST if there is a body of JSON text, and with the ETag of a known
 * result.
 *
 * @throws ProblemError for every response except 2xx and 304, and `network` if there is none; an abort is rethrown
 * unchanged.
 */
export async function fetchFromApi(
  path: string,
  signal?: AbortSignal,
  body?: string,
  etag?: string,
): Promise<Response> {
  let response: Response;
  try {
    // biome-ignore lint/style/noRestrictedGlobals: the one place that adds what precedes paths
    response = await fetch(withDatabase(path), {
      ...(signal && { signal }),
      ...(body !== undefined && { method: "POST", body }),
      headers: {
        ...(bypass && { "X-Bypass-Cache": "1" }),
        ...(after !== undefined && { "X-Read-After": `${after}` }),
        ...(isPersonActive() && { "X-Activity": "1" }),
        ...(etag !== undefined && { "If-None-Match": etag }),
      },
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError({
      code: "network",
      message: "The dashboard's server is not responding.",
      hint: "It may be restarting. The page retries automatically.",
    });
  }
  noteDeployment(response.headers);
  if (response.ok || response.status === 304) return response;
  const failed = (await response.json().catch(() => undefined)) as ProblemBody | undefined;
  throw new ProblemError(
    failed?.error ?? {
      code: "internal",
      message: `The server responded with HTTP status ${response.status}.`,
    },
  );
}

/** Results by address, so that the next request can ask whether they changed. The oldest are dropped. */
const known = new Map<string, { etag: string; data: unknown }>();
const MAX_KNOWN = 40;

/**
 * Like `fetchFromApi`; returns the JSON body, typed as the route documents it. If only the time changed since the
 * last request, the server sends only the time, and the result reuses the same member objects.
 */
export async function fetchJson<T>(path: string, signal?: AbortSignal, body?: string): Promise<T> {
  const before = body === undefined ? known.get(path) : undefined;
  const response = await fetchFromApi(path, signal, body, before?.etag);
  if (response.status === 304 && before) {
    const now = response.headers.get("X-Now");
    return (now === null ? before.data : { ...(before.data as object), now }) as T;
  }
  const data = (await response.json()) as T;
  const etag = response.headers.get("ETag");
  if (etag !== null && body === undefined) remember(path, { etag, data });
  return data;
}

function remember(path: string, result: { etag: string; data: unknown }): void {
  known.delete(path);
  known.set(path, result);
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}
