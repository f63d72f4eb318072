import { type ProblemBody, ProblemError } from "@/lib/model/problem";

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
 * Fetches one of the dashboard's own routes.
 *
 * @throws ProblemError for every response but 2xx, and `network` without a response; an abort is rethrown as it is.
 */
export async function fetchFromApi(path: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...(signal && { signal }),
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
  if (response.ok) return response;
  const body = (await response.json().catch(() => undefined)) as ProblemBody | undefined;
  throw new ProblemError(
    body?.error ?? {
      code: "internal",
      message: `The server responded with HTTP status ${response.status}.`,
    },
  );
}

/** As `fetchFromApi`, and reads the answer as the JSON the route promises. */
export async function fetchJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetchFromApi(path, signal);
  return (await response.json()) as T;
}
