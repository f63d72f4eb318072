import type { Identity } from "@/lib/identity/identity";
import { withPermission } from "@/lib/identity/require";
import { jsonResponse } from "@/lib/live/json-response";
import type { Permission } from "@/lib/model/access";
import { formatLogLine } from "@/lib/model/log-line";
import { httpStatus, type Problem, type ProblemBody, ProblemError } from "@/lib/model/problem";

/** Like `answer`, for callers with the permission, and limited to the scope in which they have it. */
export function respond(
  request: Request,
  permission: Permission,
  read: (identity: Identity) => Promise<object | Response>,
): Promise<Response> {
  return answer(request, () => withPermission(permission, request, read));
}

/**
 * Responds with the JSON of what `read` returns, or with the problem that it throws. Unexpected errors are logged and
 * their messages withheld. Errors after the client aborted the request are ignored.
 */
export async function answer(
  request: Request,
  read: () => Promise<object | Response>,
): Promise<Response> {
  try {
    const result = await read();
    const response = result instanceof Response ? result : await jsonResponse(request, result);
    return request.method === "HEAD" ? await withoutBody(response) : response;
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    return fail(describeError(request, error));
  }
}

/** Ends the body, because the framework answers HEAD by GET and never reads it: a stream would stay open. */
async function withoutBody({ body, status, headers }: Response): Promise<Response> {
  await body?.cancel();
  return new Response(null, { status, headers });
}

/** In characters. A longer text is encoded in slices of this length, so that other requests are served in between. */
const SLICE = 262_144;

/** Responds with the exact text of a JSON value, whose parts end between two characters. */
export function jsonText(parts: readonly string[]): Response {
  const [first = "", ...rest] = parts;
  const isShort = rest.length === 0 && first.length <= SLICE;
  const headers = { "Content-Type": "application/json; charset=utf-8" };
  return new Response(isShort ? first : encodeInSlices(listSlices(parts)), { headers });
}

function* listSlices(parts: readonly string[]): Generator<string> {
  for (const text of parts)
    for (let at = 0; at < text.length; ) {
      // A slice that ends between the two halves of a character would lose it.
      const isSplit = /[\ud800-\udbff]/.test(text.charAt(at + SLICE - 1));
      const end = at + SLICE - (isSplit ? 1 : 0);
      yield text.slice(at, end);
      at = end;
    }
}

function encodeInSlices(slices: Generator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(sink) {
      const { done, value } = slices.next();
      if (done) return sink.close();
      sink.enqueue(encoder.encode(value));
      await new Promise(setImmediate);
    },
  });
}

/**
 * The problem to report for an error. Unexpected errors are logged by name and stack only, since a message may contain
 * data.
 */
export function describeError(request: Request, error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
  const at = stack.split("\n").slice(1, 4).join(" ");
  console.error(formatLogLine({ path: new URL(request.url).pathname, error: name, at }));
  return {
    code: "internal",
    message: "Request failed inside the dashboard.",
    hint: "Nothing was changed; see the server log.",
  };
}

function fail(problem: Problem): Response {
  const body: ProblemBody = { error: problem };
  return Response.json(body, { status: httpStatus(problem.code) });
}
