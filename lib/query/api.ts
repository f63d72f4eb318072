import { withBase } from "@/lib/base-path";
import { type ProblemBody, ProblemError } from "@/lib/model/problem";
import { noteDeployment } from "./deployment";

let bypass = false;

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
 * Fetches one of the dashboard's own routes, by POST if there is a body of JSON text.
 *
 * @throws ProblemError for every response except 2xx, and `network` if there is none; an abort is rethrown unchanged.
 */
export async function fetchFromApi(
  path: string,
  signal?: AbortSignal,
  body?: string,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(withBase(path), {
      ...(signal && { signal }),
      ...(body !== undefined && { method: "POST", body }),
      ...(bypass && { headers: { "X-Bypass-Cache": "1" } }),
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
  if (response.ok) return response;
  const failed = (await response.json().catch(() => undefined)) as ProblemBody | undefined;
  throw new ProblemError(
    failed?.error ?? {
      code: "internal",
      message: `The server responded with HTTP status ${response.status}.`,
    },
  );
}

/** Like `fetchFromApi`; returns the JSON body, typed as the route documents it. */
export async function fetchJson<T>(path: string, signal?: AbortSignal, body?: string): Promise<T> {
  const response = await fetchFromApi(path, signal, body);
  return (await response.json()) as T;
}
