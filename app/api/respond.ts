import { ReadError } from "@/lib/analytics/errors";
import { AuthError, requireViewer } from "@/lib/identity/require";
import type { ErrorBody, ErrorCode } from "@/lib/model/problem";

const STATUS: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  queue_not_found: 404,
  task_not_found: 404,
  payload_not_found: 404,
  bulk_not_found: 404,
  workflow_run_not_found: 404,
  definition_not_found: 404,
  conflict: 409,
  no_schema: 422,
  internal: 500,
  network: 502,
  database_unavailable: 503,
  timed_out: 504,
};

/** Answers a GET request as `answer` does, when its caller may look. */
export function respond(
  request: Request,
  read: () => Promise<object | Response>,
): Promise<Response> {
  return answer(request, async () => {
    await requireViewer(request);
    return read();
  });
}

/**
 * Answers whoever asks: turns what `read` returns into JSON, or what it throws into an error body. What is not foreseen
 * is logged and answered without its words; that the reader has left is foreseen.
 */
export async function answer(
  request: Request,
  read: () => Promise<object | Response>,
): Promise<Response> {
  try {
    const result = await read();
    return result instanceof Response ? result : jsonText(write(result));
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    if (error instanceof ReadError) return fail(error.code, error.message, error.hint);
    if (error instanceof AuthError) return fail(error.code, error.message);
    const name = error instanceof Error ? error.name : typeof error;
    const cause =
      error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 4).join(" ") : "";
    // A driver's message may hold SQL and values; its place tells enough.
    console.error(JSON.stringify({ path: new URL(request.url).pathname, error: name, at: cause }));
    return fail("internal", "The dashboard could not answer.", "Its log says where it failed.");
  }
}

// An answer that many callers share is written out once.
const written = new WeakMap<object, Uint8Array<ArrayBuffer>>();

function write(result: object): Uint8Array<ArrayBuffer> {
  const known = written.get(result);
  if (known) return known;
  const bytes = new TextEncoder().encode(JSON.stringify(result));
  written.set(result, bytes);
  return bytes;
}

/** The exact text of a JSON value as a response. */
export function jsonText(text: string | Uint8Array<ArrayBuffer>): Response {
  return new Response(text, { headers: { "Content-Type": "application/json; charset=utf-8" } });
}

function fail(code: ErrorCode, message: string, hint?: string): Response {
  const body: ErrorBody = { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
  return Response.json(body, { status: STATUS[code] });
}
