import type { ErrorBody, ErrorCode } from "@/lib/model/problem";

/** A read that failed, with words that can be shown. `status` is 0 when no answer came at all. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(status: number, error: ErrorBody["error"]) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.hint = error.hint;
  }
}

let isAnew = false;

/** Requests that begin while `begin` runs ask past the answers that the server shares: for what somebody asks by hand. */
export function askAnew<T>(begin: () => T): T {
  isAnew = true;
  try {
    return begin();
  } finally {
    isAnew = false;
  }
}

/**
 * Fetches one of the dashboard's own routes.
 *
 * @throws ApiError for every answer but 2xx and for no answer; an abort passes through as it is.
 */
export async function fetchFromApi(path: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...(signal && { signal }),
      ...(isAnew && { headers: { "X-Read-Anew": "1" } }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, {
      code: "network",
      message: "The dashboard's server does not answer.",
      hint: "It may be restarting; the page tries again by itself.",
    });
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => undefined)) as ErrorBody | undefined;
  throw new ApiError(
    response.status,
    body?.error ?? { code: "internal", message: `The server answered ${response.status}.` },
  );
}

/** As `fetchFromApi`, and reads the answer as the JSON the route promises. */
export async function fetchJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetchFromApi(path, signal);
  return (await response.json()) as T;
}
